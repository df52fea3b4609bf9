// Relay connections: forward paging with a default and a hard maximum, and cursors that hold an id and nothing else.
import { ArgsType, type ClassType, Directive, Field, Int, ObjectType } from 'type-graphql'
import { ApiError } from './errors.ts'
import { Public } from './policy/directives.ts'

const DEFAULT_PAGE = 20
const LARGEST_PAGE = 100

/** The arguments of every list. */
@ArgsType()
export class Page {
  @Field(() => Int, { defaultValue: DEFAULT_PAGE, description: `How many, 1 to ${LARGEST_PAGE}.` })
  first!: number

  @Field(() => String, { nullable: true, description: 'The endCursor of the page before.' })
  after?: string | null
}

@ObjectType({ description: 'Where a page stands in its list.' })
@Public()
@Directive('@shareable')
export class PageInfo {
  @Field(() => Boolean, { description: 'True when there is more after endCursor.', simple: true })
  hasNextPage!: boolean

  @Field(() => Boolean, { description: 'True when the page was asked for with a cursor.', simple: true })
  hasPreviousPage!: boolean

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'The cursor of the first edge; null on an empty page.',
  })
  startCursor!: string | null

  @Field(() => String, { nullable: true, simple: true, description: 'Give it as `after` for the next page.' })
  endCursor!: string | null
}

export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[]
  readonly pageInfo: PageInfo
}

/** The connection and edge classes of a node type, in the shape of the Relay specification. */
export function connectionOf<T extends object>(name: string, node: () => ClassType<T>) {
  @ObjectType(`${name}Edge`, { description: `A ${name} in its list.` })
  @Public()
  class Edge {
    @Field(() => String, { simple: true, description: 'The place in this list. A cursor of another list is refused.' })
    cursor!: string

    @Field(node, { simple: true })
    node!: T
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  @Public()
  class ConnectionClass {
    @Field(() => [Edge], { simple: true })
    edges!: Edge[]

    @Field(() => PageInfo, { simple: true })
    pageInfo!: PageInfo
  }
  return ConnectionClass
}

export interface PageRequest {
  readonly first: number
  /** The id after which the page starts; undefined for the first page. */
  readonly afterId: string | undefined
}

/** Checks `first` and `after` for the list of this name. Throws BAD_USER_INPUT, also for a cursor of another list. */
export function pageRequest(list: string, first: number, after: string | null | undefined): PageRequest {
  if (first < 1 || first > LARGEST_PAGE) {
    throw new ApiError('BAD_USER_INPUT', { at: 'first', expected: `1 to ${LARGEST_PAGE}`, got: String(first) })
  }
  return { first, afterId: after === null || after === undefined ? undefined : idOf(list, after) }
}

/** A page of `found`, which was read with one row more than asked for. */
export function toConnection<T extends { readonly id: string }>(
  list: string,
  { first, afterId }: PageRequest,
  found: readonly T[],
): Connection<T> {
  const edges = found.slice(0, first).map(node => new EdgeOf(list, node))
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: afterId !== undefined,
      get startCursor() {
        return edges[0]?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
  }
}

/** An edge whose cursor is made when it is asked for, which most operations do not. */
class EdgeOf<T extends { readonly id: string }> {
  readonly #list: string
  readonly node: T

  constructor(list: string, node: T) {
    this.#list = list
    this.node = node
  }

  get cursor(): string {
    return cursorOf(this.#list, this.node.id)
  }
}

function cursorOf(list: string, id: string): string {
  return Buffer.from(`${list} ${id}`).toString('base64url')
}

function idOf(list: string, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString()
  const id = text.slice(list.length + 1)
  // Compared as a whole, so that a cursor with changed bytes is refused like one of another list.
  if (id === '' || cursorOf(list, id) !== cursor) {
    throw new ApiError('BAD_USER_INPUT', { at: 'after', expected: 'a cursor that this very list gave' })
  }
  return id
}
