import { describe } from 'vitest'
import { openedOnce } from '../support/services.ts'
import { describeDeadLetters } from './dead-letters.contract.ts'
import { describeDeals } from './deals.contract.ts'
import { describeOnEngines } from './engines.ts'
import { describeEnvironment } from './environment.contract.ts'
import { describeErasure } from './erasure.contract.ts'
import { describeExchange } from './exchange.contract.ts'
import { describeIdentify } from './identify.contract.ts'
import { describeIngest } from './ingest.contract.ts'
import { describeIngestedGraph } from './ingested-graph.contract.ts'
import { describeLatest } from './latest.contract.ts'
import { describeListings } from './listings.contract.ts'
import { describeLog } from './log.contract.ts'
import { describeMarket } from './market.contract.ts'
import { describeMetricAnswers } from './metric-answers.contract.ts'
import { describeMetrics } from './metrics.contract.ts'
import { describeMinedPaths } from './mined-paths.contract.ts'
import { describeNeighbourhood } from './neighbourhood.contract.ts'
import { describePersons } from './persons.contract.ts'
import { describeReads } from './reads.contract.ts'
import { describeReconcile } from './reconcile.contract.ts'
import { describeRotation } from './rotation.contract.ts'
import { describeRoundTrips } from './round-trips.contract.ts'
import { describeRouting } from './routing.contract.ts'
import { describeSearch } from './search.contract.ts'
import { describeSettlement } from './settlement.contract.ts'
import { describeSignals } from './signals.contract.ts'
import { describeTalent } from './talent.contract.ts'
import { describeTurnarounds } from './turnarounds.contract.ts'

describeOnEngines('the subgraphs', (openGraph, engine) => {
  const graph = openedOnce(openGraph)
  describe('ingest', () => describeIngest(graph))
  describe('a record without a number', () => describeIdentify(graph))
  describe('dead letters', () => describeDeadLetters(graph))
  describe('persons', () => describePersons(graph))
  describe('the ingested graph', () => describeIngestedGraph(graph))
  describe('deal records', () => describeDeals(graph))
  describe('orders and the market', () => describeMarket(graph))
  describe('the environment', () => describeEnvironment(graph))
  describe('reads', () => describeReads(graph))
  describe('a search', () => describeSearch(graph))
  describe('a neighbourhood', () => describeNeighbourhood(graph))
  describe('lists as the viewer sees them', () => describeListings(graph))
  describe('round trips', () => describeRoundTrips(graph))
  describe('the latest interactions', () => describeLatest(graph, engine))
  describe('turnarounds', () => describeTurnarounds(graph, engine))
  describe('erasure', () => describeErasure(graph))
  describe('the rotation of keys', () => describeRotation(graph))
  describe('the evidence log', () => describeLog(graph))
  describe('signals', () => describeSignals(graph))
  describe('talent', () => describeTalent(graph))
  describe('metrics', () => describeMetrics(graph))
  describe('answers of metrics', () => describeMetricAnswers(graph))
  describe('settlements', () => describeSettlement(graph))
  describe('trades of capabilities', () => describeExchange(graph))
  describe('paths of top sellers', () => describeMinedPaths(graph))
  describe('routing', () => describeRouting(graph))
  describe('reconciliation', () => describeReconcile(graph))
})
