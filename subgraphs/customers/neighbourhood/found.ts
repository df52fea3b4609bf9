// A neighbourhood as it is put together: the nearest first, up to its size. Pure.
import type { Account, Customer, Interaction, Seller } from '../types.ts'
import type { Neighbourhood, Relation } from './types.ts'

export class FoundNeighbourhood {
  readonly #first: number
  readonly #customers = new Map<string, Customer>()
  readonly #companies = new Map<string, Account>()
  readonly #sellers = new Map<string, Seller>()
  readonly #interactions = new Map<string, Interaction>()
  readonly #middle: Customer
  #isCut = false

  constructor(middle: Customer, first: number) {
    this.#middle = middle
    this.#first = first
  }

  /** How many more it takes. */
  get left(): number {
    return (
      this.#first -
      [this.#customers, this.#companies, this.#sellers, this.#interactions].reduce((n, of) => n + of.size, 0)
    )
  }

  get isCut(): boolean {
    return this.#isCut
  }

  /** What these customers are shown to belong to. */
  addAround(customers: readonly Customer[]): void {
    this.#add(
      this.#companies,
      customers.flatMap(({ company }) => company ?? []),
    )
    this.#add(
      this.#sellers,
      customers.flatMap(({ owner }) => owner ?? []),
    )
  }

  /** Answers those of them that were not known and are taken. */
  addCustomers(customers: readonly Customer[]): readonly Customer[] {
    return this.#add(
      this.#customers,
      customers.filter(({ id }) => id !== this.#middle.id),
    )
  }

  addInteractions(interactions: readonly Interaction[]): void {
    this.#add(this.#interactions, interactions)
  }

  /** By id: all of one kind that are equally far away come at once. */
  #add<T extends { readonly id: string }>(known: Map<string, T>, found: readonly T[]): readonly T[] {
    const fresh = new Map(found.filter(({ id }) => !known.has(id)).map(each => [each.id, each]))
    const added = [...fresh.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    const taken = added.slice(0, this.left)
    if (taken.length < added.length) this.#isCut = true
    for (const each of taken) known.set(each.id, each)
    return taken
  }

  result(): Neighbourhood {
    return {
      customer: this.#middle,
      customers: [...this.#customers.values()],
      companies: [...this.#companies.values()],
      sellers: [...this.#sellers.values()],
      interactions: [...this.#interactions.values()],
      relations: [...this.#relations()],
      isCut: this.#isCut,
    }
  }

  *#relations(): Iterable<Relation> {
    for (const { id, company, owner } of [this.#middle, ...this.#customers.values()]) {
      if (company && this.#companies.has(company.id)) yield { kind: 'MEMBER_OF', from: id, to: company.id }
      if (owner && this.#sellers.has(owner.id)) yield { kind: 'OWNS', from: owner.id, to: id }
    }
    for (const { id, customerRead } of this.#interactions.values()) yield { kind: 'HAD', from: customerRead.id, to: id }
  }
}
