// Texts of Cypher put together from other texts of Cypher: the one way by which a statement is made for what a request needs.

/** Cypher that holds no value: only `cypher` makes it, of constants in the source and of other such texts. */
export type Cypher = string & { readonly __cypher: true }

/** The text with those texts put in. Whatever is not Cypher itself does not compile, so that no value becomes part of a statement. */
export function cypher(texts: TemplateStringsArray, ...parts: readonly Cypher[]): Cypher {
  return String.raw({ raw: texts }, ...parts) as Cypher
}

/** The texts as a list of columns. */
export function columns(texts: readonly Cypher[]): Cypher {
  return texts.join(', ') as Cypher
}
