// The peer of the graph bench: @neo4j/graphql over the same graph. It filters rows by its own authorization and answers the
// consents beside the data; what they withhold it cannot mask, so that it is spared that work.
import type { ViewerClaims } from '../core/development.ts'
import type { Row } from '../core/graph/graph.ts'
import type { Own } from './harness.ts'
import { LATEST, PAGE, PURPOSE } from './latest-by-hand.ts'
import { requirePeer } from './peers.ts'

// The latest of a list two relationships away is beyond its own arguments; @cypher is its way to say it.
const typeDefs = (filter: string) => `
type Seller @node { id: ID! }
type Consent @node { purpose: String! state: String! recipient: String! }
type Interaction @node { id: ID! touchpoint: String occurredAt: String intent: String }
type JWT @jwt { region: String! }
type Customer @node @authorization(filter: [{ where: { node: ${filter} } }]) {
  id: ID!
  region: String!
  sellers: [Seller!]! @relationship(type: "OWNS", direction: IN)
  consents: [Consent!]! @relationship(type: "OF", direction: IN)
  timeline(first: Int!, purpose: String!): [Interaction!]! @cypher(statement: """
    WITH this, EXISTS { (this)<-[:OF]-(:Consent {state: 'GIVEN', recipient: '', purpose: $purpose}) } AS isShown
    MATCH (this)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
    RETURN i ORDER BY CASE WHEN isShown THEN i.occurredAt ELSE '' END DESC, i.id LIMIT $first
  """, columnName: "i")
}`

const FILTERS = {
  MANAGER: '{ region: { eq: "$jwt.region" } }',
  REP: '{ sellers: { some: { id: { eq: "$jwt.sub" } } } }',
} as const

const QUERY = `query($first: Int!, $latest: Int!, $purpose: String!) {
  customers(limit: $first, sort: [{ id: ASC }]) {
    id
    consents(where: { state: { eq: "GIVEN" }, recipient: { eq: "" } }) { purpose }
    timeline(first: $latest, purpose: $purpose) { id touchpoint occurredAt intent }
  }
}`

interface Answer {
  readonly errors?: unknown
  readonly data: {
    readonly customers: readonly {
      readonly id: string
      readonly consents: readonly { readonly purpose: string }[]
      readonly timeline: readonly {
        readonly id: string
        readonly touchpoint: string
        readonly occurredAt: string
        readonly intent: string | null
      }[]
    }[]
  }
}

interface Peers {
  readonly '@neo4j/graphql': {
    readonly Neo4jGraphQL: new (options: object) => { getSchema(): Promise<unknown> }
  }
  readonly graphql: {
    readonly parse: (source: string) => unknown
    readonly execute: (request: object) => Promise<Answer>
  }
  readonly 'neo4j-driver': {
    readonly driver: (url: string, auth: undefined, options: object) => { close(): Promise<void> }
  }
}

/** One run of the question, as its users run it: a parsed document against its schema. Answers rows like those by hand. */
export async function openNeo4jGraphQL(own: Own, url: string, viewer: ViewerClaims): Promise<() => Promise<Answer>> {
  const { Neo4jGraphQL } = requirePeer<Peers['@neo4j/graphql']>('@neo4j/graphql')
  const { parse, execute } = requirePeer<Peers['graphql']>('graphql')
  const driver = requirePeer<Peers['neo4j-driver']>('neo4j-driver').driver(url, undefined, { fetchSize: -1 })
  own(() => driver.close())
  const filter = FILTERS[viewer.kind as keyof typeof FILTERS]
  const schema = await new Neo4jGraphQL({ typeDefs: typeDefs(filter), driver }).getSchema()
  const document = parse(QUERY)
  return async () => {
    const answer = await execute({
      schema,
      document,
      variableValues: { first: PAGE + 1, latest: LATEST, purpose: PURPOSE },
      contextValue: {
        jwt: { sub: viewer.id, region: viewer.region ?? '' },
        sessionConfig: { defaultAccessMode: 'READ' },
      },
    })
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors))
    return answer
  }
}

export function rowsOfPeer({ data }: Answer): readonly Row[] {
  return data.customers.map(({ id, consents, timeline }) => [
    id,
    consents.map(({ purpose }) => purpose),
    timeline.map(each => [each.id, each.touchpoint, each.occurredAt, each.intent]),
  ])
}
