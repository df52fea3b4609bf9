// The only module that reads the environment. Every bad variable is named at once, with what would be right.
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)
const optionalText = z
  .string()
  .optional()
  .transform(text => (text === '' ? undefined : text))

const environment = z
  .object({
    NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
    PORT: port.default(4000),
    HOST: optionalText,
    DATA_DIR: z.string().min(1).default('./data'),
    LOG_KEY_FILE: optionalText,
    MASTER_KEY_FILE: optionalText,
    DURABILITY: z.enum(['disk', 'os']).default('disk'),
    GRAPH_URL: optionalText.pipe(z.url({ protocol: /^(neo4j|bolt)(\+s|\+ssc)?$/ }).optional()),
    GRAPH_USER: optionalText,
    GRAPH_PASSWORD: optionalText,
    JWKS_URL: optionalText.pipe(z.url({ protocol: /^https?$/ }).optional()),
    JWT_ISSUER: optionalText,
    JWT_AUDIENCE: z.string().min(1).default('sovereign-graph'),
    CORS_ORIGINS: z
      .string()
      .default('')
      .transform(list => list.split(',').filter(origin => origin !== '')),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    CONTROLLER: z.string().min(1).max(200).default('The operator of this service'),
    REQUEST_DEADLINE_MS: z.coerce.number().int().min(1).max(600_000).default(30_000),
    SEED_CUSTOMERS: z.coerce.number().int().min(0).max(10_000).default(1000),
    EXPLORER: z.enum(['on', 'off']).default('on'),
    REDIS_URL: optionalText.pipe(z.url({ protocol: /^rediss?$/ }).optional()),
    ODATA_URL: optionalText.pipe(z.url({ protocol: /^https?$/ }).optional()),
    ODATA_TOKEN: optionalText,
    ODATA_MAPPING: optionalText,
    ODATA_EVERY_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(60_000),
    SOVEREIGN_URL: optionalText.pipe(z.url({ protocol: /^https?$/ }).optional()),
    SOVEREIGN_TOKEN: optionalText,
  })
  .superRefine((env, context) => {
    if (env.NODE_ENV !== 'production') return
    if (env.JWKS_URL === undefined) {
      context.addIssue({ code: 'custom', path: ['JWKS_URL'], message: 'production needs the key set of your issuer' })
    }
    if (env.JWT_ISSUER === undefined) {
      context.addIssue({ code: 'custom', path: ['JWT_ISSUER'], message: 'production needs the name of your issuer' })
    }
  })

const gatewayEnvironment = z.object({
  SUPERGRAPH_FILE: z.string().min(1),
  PORT: port.default(4000),
  HOST: z.string().min(1).default('127.0.0.1'),
  SUBGRAPH_TIMEOUT_MS: z.coerce.number().int().min(1).max(600_000).default(10_000),
  REQUEST_DEADLINE_MS: z.coerce.number().int().min(1).max(600_000).default(30_000),
})

export interface Config {
  readonly production: boolean
  readonly port: number
  readonly host: string
  readonly dataDir: string
  /** The private key that signs the log, and the key under which the keys of subjects are sealed; in `dataDir` without them. */
  readonly logKeyFile?: string | undefined
  readonly masterKeyFile?: string | undefined
  readonly durability: 'disk' | 'os'
  readonly graphUrl?: string | undefined
  readonly graphUser?: string | undefined
  readonly graphPassword?: string | undefined
  readonly jwksUrl?: string | undefined
  readonly jwtIssuer: string
  readonly jwtAudience: string
  readonly corsOrigins: readonly string[]
  readonly logLevel: string
  /** How long a request may take before it is answered with DEADLINE_EXCEEDED. */
  readonly requestDeadlineMs: number
  /** How many customers the first start of a development server makes; 0 makes none. */
  readonly controller: string
  readonly seedCustomers: number
  /** Whether the explorer is served at /. In production it has no viewers and asks for a token. */
  readonly explorer: boolean
  /** From whose streams records are taken in real time; from none without it. */
  readonly redisUrl?: string | undefined
  /** The entity set of an ERP from which stock is pulled; from none without it. */
  readonly odata?: {
    readonly url: string
    readonly token: string | undefined
    readonly mappingFile: string | undefined
    readonly everyMs: number
  }
  /** Where commands find the server, and the service token that they send to it in production. */
  readonly sovereignUrl: string
  readonly sovereignToken?: string | undefined
}

/** Thrown at start: the message lists each bad variable on a line of its own. */
export class ConfigError extends Error {}

export const DEVELOPMENT_ISSUER = 'sovereign-graph-development'

/** What the gateway alone is configured by. */
export interface GatewayConfig {
  /** The file with the SDL of the supergraph. */
  readonly supergraphFile: string
  readonly port: number
  readonly host: string
  readonly subgraphTimeoutMs: number
  readonly requestDeadlineMs: number
}

/** Reads and checks the configuration of the gateway alone. Throws ConfigError. */
export function readGatewayConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const data = checked(gatewayEnvironment.safeParse(env))
  return {
    supergraphFile: data.SUPERGRAPH_FILE,
    port: data.PORT,
    host: data.HOST,
    subgraphTimeoutMs: data.SUBGRAPH_TIMEOUT_MS,
    requestDeadlineMs: data.REQUEST_DEADLINE_MS,
  }
}

function checked<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`The configuration is not usable:\n${lines.join('\n')}`)
}

/** Reads and checks the configuration. Throws ConfigError. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const data = checked(environment.safeParse(env))
  const production = data.NODE_ENV === 'production'
  return {
    production,
    port: data.PORT,
    host: data.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    dataDir: data.DATA_DIR,
    logKeyFile: data.LOG_KEY_FILE,
    masterKeyFile: data.MASTER_KEY_FILE,
    durability: data.DURABILITY,
    graphUrl: data.GRAPH_URL,
    graphUser: data.GRAPH_USER,
    graphPassword: data.GRAPH_PASSWORD,
    jwksUrl: data.JWKS_URL,
    jwtIssuer: data.JWT_ISSUER ?? DEVELOPMENT_ISSUER,
    jwtAudience: data.JWT_AUDIENCE,
    corsOrigins: data.CORS_ORIGINS,
    logLevel: data.LOG_LEVEL,
    requestDeadlineMs: data.REQUEST_DEADLINE_MS,
    controller: data.CONTROLLER,
    seedCustomers: production ? 0 : data.SEED_CUSTOMERS,
    explorer: data.EXPLORER === 'on',
    redisUrl: data.REDIS_URL,
    ...(data.ODATA_URL !== undefined && {
      odata: {
        url: data.ODATA_URL,
        token: data.ODATA_TOKEN,
        mappingFile: data.ODATA_MAPPING,
        everyMs: data.ODATA_EVERY_MS,
      },
    }),
    sovereignUrl: data.SOVEREIGN_URL ?? `http://127.0.0.1:${data.PORT}`,
    sovereignToken: data.SOVEREIGN_TOKEN,
  }
}
