/** An enum of GraphQL whose values are named as they are. */
export function enumOf<T extends string>(values: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(values.map(value => [value, value])) as { [K in T]: K }
}
