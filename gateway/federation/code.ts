// What the two stages that generate code share. A generated function makes an answer's object in one literal, so that all
// objects of a selection have one hidden class: that, and no loop over fields, is what makes it fast. It stands in
// parentheses, which has V8 compile it when it is made and not when it is first called.

/** Text of a property name in an object literal that makes an own property of it, `__proto__` included. */
export function keyText(key: string): string {
  return `[${JSON.stringify(key)}]`
}

/** Text that reads an own property: an alias may be called `constructor` or `__proto__`. */
export function ownText(object: string, key: string): string {
  const name = JSON.stringify(key)
  return key in Object.prototype
    ? `(Object.hasOwn(${object}, ${name}) ? ${object}[${name}] : undefined)`
    : `${object}[${name}]`
}

/** Tests, in generated code, that a value is already what its built-in scalar serializes it to. */
export const SERIALIZED: { readonly [scalar: string]: (value: string) => string } = {
  String: value => `typeof ${value} === 'string'`,
  ID: value => `typeof ${value} === 'string'`,
  Boolean: value => `typeof ${value} === 'boolean'`,
  Int: value => `typeof ${value} === 'number' && (${value} | 0) === ${value}`,
  Float: value => `typeof ${value} === 'number' && ${value} - ${value} === 0`,
}
