// Pure: "why not me?". What it would cost everybody together to give a person a place all the same, out of which parts that price is
// made, and who would move.
import { type Constraint, costParts } from './fit.ts'
import type { Routing } from './plan.ts'

/** What a price is made of: what pairs cost, what load costs, and places that are then filled or empty. */
export const priceParts = [...costParts, 'LOAD', 'EMPTY_PLACE'] as const
export type PricePart = (typeof priceParts)[number]

/** What stands most in the way: a part of the price; that the plan leaves the person no room; or nothing, because it could as well. */
export type Limit = PricePart | 'CAPACITY' | 'TIE'

export interface Move {
  readonly taskId: string
  readonly role: string
  readonly personId: string
  readonly isGiven: boolean
}

export type WhyNot =
  | { readonly kind: 'PLANNED'; readonly role: string }
  | { readonly kind: 'BARRED'; readonly role: string; readonly constraint: Constraint }
  | {
      readonly kind: 'PRICED'
      readonly role: string
      /** By how much the cost of the whole grows when the pair is forced and everything else is optimised anew. */
      readonly price: number
      readonly parts: ReadonlyMap<PricePart, number>
      readonly limit: Limit
      /** What else of the plan would change, in the order in which one thing makes room for the next. */
      readonly moves: readonly Move[]
    }

/** Undefined where the problem holds no such task with a place open, or no such person. */
export function whyNot(routing: Routing, taskId: string, personId: string): WhyNot | undefined {
  const { market } = routing
  const roles = routing.roles.filter(({ task }) => task.id === taskId)
  const person = market.people.find(({ id }) => id === personId)
  if (roles.length === 0 || person === undefined) return undefined
  const planned = roles.find(at => routing.isGiven(at, personId))
  if (planned !== undefined) return { kind: 'PLANNED', role: planned.role.name }

  const answers = roles.map(at => {
    const role = at.role.name
    const constraint = market.constraintOf(at.task, at.role, person)
    if (constraint !== undefined) return { kind: 'BARRED', role, constraint } as const
    return { kind: 'PRICED', role, ...priceOf(routing, at, personId) } as const
  })
  const priced = answers.filter(each => each.kind === 'PRICED')
  return priced.toSorted((a, b) => a.price - b.price)[0] ?? answers[0]
}

function priceOf(routing: Routing, at: Routing['roles'][number], personId: string) {
  const { network } = routing
  const arc = routing.arcOf(at, personId)
  const forcing = arc === undefined ? undefined : network.forcing(arc)
  if (arc === undefined || forcing === undefined) throw new Error('A person who may take a role has no way into it.')
  const parts = new Map<PricePart, number>()
  const moves: Move[] = []
  const add = (part: PricePart, cost: number) => parts.set(part, (parts.get(part) ?? 0) + cost)
  for (const step of [arc, ...forcing.steps]) {
    const sign = step % 2 === 0 ? 1 : -1
    const pair = routing.pairOf(step - (step % 2))
    if (pair === undefined) {
      add(routing.isEmptyArc(step - (step % 2)) ? 'EMPTY_PLACE' : 'LOAD', network.costOf(step))
      continue
    }
    const cost = routing.costOf(pair)
    for (const part of costParts) add(part, sign * cost[part])
    if (step !== arc) {
      const { task, role } = pair.role
      moves.push({ taskId: task.id, role: role.name, personId: pair.person.id, isGiven: sign === 1 })
    }
  }
  return { price: forcing.cost, parts, limit: limitOf(forcing.cost, parts, routing.hasRoom(personId)), moves }
}

function limitOf(price: number, parts: ReadonlyMap<PricePart, number>, hasRoom: boolean): Limit {
  if (price === 0) return 'TIE'
  if (!hasRoom) return 'CAPACITY'
  const [largest = 'SKILL'] = priceParts.toSorted((a, b) => (parts.get(b) ?? 0) - (parts.get(a) ?? 0))
  return largest
}
