// The typed operations of the explorer itself, asked through the exchange of docs/frontend as any frontend would.
import { Client, fetchExchange } from '@urql/core'
import { graphql } from '../docs/frontend/graphql.ts'
import { maskExchange } from '../docs/frontend/mask-exchange.ts'

/** Asks as one viewer. Nothing is cached: a consent may have changed since. */
export function clientOf(token: string, purpose: string): Client {
  return new Client({
    url: '/graphql',
    exchanges: [maskExchange, fetchExchange],
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: { headers: { authorization: `Bearer ${token}`, ...(purpose !== '' && { 'x-purpose': purpose }) } },
  })
}

export const knownAs = graphql(`
  query KnownAs($customerId: ID!) {
    customer(id: $customerId) {
      id
      name
      phone
    }
  }
`)

export const consentsOf = graphql(`
  query ConsentsOf($customerId: ID!) {
    customer(id: $customerId) {
      id
      consents {
        purpose
        recipient
        state
      }
    }
    purposes {
      purpose
      bases {
        needsConsent
      }
    }
  }
`)

export const give = graphql(`
  mutation Give($input: ConsentInput!, $idempotencyKey: String!) {
    giveConsent(input: $input, idempotencyKey: $idempotencyKey) {
      evidenceEntryId
    }
  }
`)

export const withdraw = graphql(`
  mutation Withdraw($input: ConsentInput!, $idempotencyKey: String!) {
    withdrawConsent(input: $input, idempotencyKey: $idempotencyKey) {
      evidenceEntryId
    }
  }
`)
