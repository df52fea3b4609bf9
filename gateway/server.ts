// The composition root: it alone picks the engine, wires everything, and takes it down in order.
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { BackgroundWork } from '../core/background.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Config } from '../core/config.ts'
import type { Services } from '../core/context.ts'
import { openDevelopment } from '../core/development.ts'
import { ApiError } from '../core/errors.ts'
import { type Delivery, deliveryOf } from '../core/events/delivery.ts'
import { outboxWith } from '../core/events/outbox.ts'
import { accessLogWith } from '../core/evidence/access-log.ts'
import { evidenceWith } from '../core/evidence/evidence.ts'
import { openLogSigner } from '../core/evidence/log-signer.ts'
import { openMasterKey } from '../core/evidence/master-key.ts'
import { openSubjectKeys } from '../core/evidence/subject-keys.ts'
import type { Graph } from '../core/graph/graph.ts'
import { migrate } from '../core/graph/migrations.ts'
import { openGraph } from '../core/graph/open.ts'
import { type Ids, randomIds } from '../core/ids.ts'
import { groundPolicy } from '../core/policy/ground-policy.ts'
import type { Policy } from '../core/policy/policy.ts'
import { activateAtStart, expectedAtStart } from '../core/policy/policy-activation.ts'
import { followActivations } from '../core/policy/policy-follower.ts'
import { policyInForce } from '../core/policy/policy-in-force.ts'
import { modulesNamed } from '../core/registry/modules.ts'
import { sealedTextsWith } from '../core/sealed-texts.ts'
import { buildSubgraph } from '../core/subgraph.ts'
import { proofsOver } from '../subgraphs/evidence/index.ts'
import { analysesOf } from './analyse.ts'
import { openApi } from './api.ts'
import { authenticateWith } from './authenticate.ts'
import { openSupergraph } from './execution.ts'
import { serveExplorer } from './explorer/serve.ts'
import { openHttp } from './http.ts'
import { describeCause, type Log, openLog } from './log.ts'
import type { Gateway } from './pipeline.ts'
import { preparerOf } from './prepared-operation.ts'
import { registerOperations } from './registered-operations.ts'
import { consumers, countable, migrations, moduleNames, subgraphs } from './subgraphs.ts'
import { toldSchemas } from './told-schema.ts'
import { startWaysIn } from './ways-in/start.ts'

/** What tests and benches put in the place of the real thing, and what a start is told beside the configuration. */
export interface ServerParts {
  readonly graph?: Graph
  readonly clock?: Clock
  readonly ids?: Ids
  readonly policy?: Policy
  readonly log?: Log
  /** What must be done before the first request is taken. */
  readonly prepare?: (services: Services, delivery: Delivery) => Promise<void>
  /** Starts although evidence that was signed is gone from the graph, and records that. */
  readonly acceptLoss?: boolean
}

export interface Server {
  readonly url: string
  readonly http: FastifyInstance
  readonly gateway: Gateway
  readonly services: Services
  readonly delivery: Delivery
  /** Resolves when every event is delivered and every evidence entry is in the log. */
  settle(): Promise<void>
  /** Answers what was accepted, then releases everything. Further requests are refused. */
  close(): Promise<void>
}

const HASH_MASK_KEY = 'gateway/hash-mask'
const LOG_ORIGIN = 'sovereign-graph'

export async function startServer(config: Config, parts: ServerParts = {}): Promise<Server> {
  const {
    clock = systemClock,
    ids = randomIds,
    policy = groundPolicy,
    log = openLog(config.logLevel),
    acceptLoss = false,
  } = parts
  const sealer = await openMasterKey(config.dataDir, config.masterKeyFile)
  const graph = parts.graph ?? (await openGraph(config))
  const keys = await openSubjectKeys(join(config.dataDir, 'subject-keys'), sealer)
  const background: BackgroundWork[] = []
  const releaseStore = async () => {
    await Promise.all(background.map(work => work.stop()))
    await keys.close()
    await graph.close()
  }
  try {
    await migrate(graph, migrations, clock.now())
    const evidence = evidenceWith(keys)
    const signer = await openLogSigner(config.dataDir, LOG_ORIGIN, config.logKeyFile)
    const logCause = (cause: unknown) => log.error({ event: 'unexpected', ...describeCause(cause) })
    const supergraph = openSupergraph(await Promise.all(subgraphs.map(buildSubgraph)), logCause)
    const mayBeOff = (type: string, field: string) =>
      moduleNames.includes(supergraph.addedFields.get(`${type}.${field}`) ?? '')
    const prepare = preparerOf(supergraph.schema, supergraph.personal, mayBeOff)
    const rootRules = subgraphs.map(subgraph => subgraph.rootRules)
    const services: Services = {
      graph,
      clock,
      ids,
      evidence,
      outbox: outboxWith(ids),
      proofs: proofsOver(graph),
      logKeys: signer,
      sealedTexts: sealedTextsWith(keys),
      evidenced: subgraphs.flatMap(subgraph => subgraph.evidenced),
      policies: policyInForce(await expectedAtStart(graph, policy)),
      analyses: analysesOf({ ...supergraph, rootRules, prepare }),
      countable,
      modules: modulesNamed(moduleNames),
      controller: config.controller,
    }
    const accessLog = accessLogWith(graph, ids, evidence)
    const development = config.production ? undefined : await openDevelopment(config.dataDir)
    const gateway: Gateway = {
      services,
      subgraphs,
      supergraph,
      prepare,
      toldSchema: toldSchemas({ ...supergraph, rootRules }),
      authenticate: authenticateWith(config, development, services),
      hashSecret: (await keys.keysOf([HASH_MASK_KEY])).get(HASH_MASK_KEY) ?? Buffer.alloc(0),
      accessLog,
      log,
    }
    for (const subgraph of subgraphs) {
      const work = await subgraph.start?.(services, { signer, acceptLoss, failed: logCause })
      if (work !== undefined) background.push(work)
    }
    services.policies.take(await activateAtStart(services, policy))
    background.push(followActivations(services, logCause))
    const delivery = deliveryOf(services, consumers, {
      failed: (consumer, { id, kind }, code) =>
        log.error({ event: 'delivery failed', consumer, eventId: id, kind, code }),
    })
    const inForce = services.policies.current()
    const documents = registerOperations({ ...supergraph, prepare, inForce })
    const api = await openApi(gateway, documents)
    let closing = false
    const http = await openHttp(config, gateway, api, {
      check: async () => {
        if (closing) throw new ApiError('GRAPH_UNAVAILABLE', { expected: 'a service that is not shutting down' })
        await graph.health()
      },
    })
    await serveExplorer(http, config, subgraphs)
    await parts.prepare?.(services, delivery)
    background.push(...(await startWaysIn(services, config, logCause)))
    const url = await http.listen({ port: config.port, host: config.host })
    const settle = async () => {
      await delivery.settle()
      await accessLog.settle()
      for (const work of background) await work.settle()
    }
    const close = async () => {
      if (closing) return
      closing = true
      await http.close()
      await delivery.stop()
      await api.stop()
      await releaseStore()
    }
    return { url, http, gateway, services, delivery, settle, close }
  } catch (error) {
    await releaseStore()
    throw error
  }
}
