// Which parts of the product a firm has switched on. A subgraph says that it may be switched off; what then rests is decided
// here, in the root rules, in references, and in the delivery of events.

/** What a firm said of a module. One of which nothing was ever said is on. */
export interface ModuleState {
  readonly name: string
  readonly isEnabled: boolean
  /** Since when it has been so, UTC. */
  readonly since: string
  readonly evidenceEntryId: string
}

export interface Modules {
  /** Those that can be switched off, by name. */
  readonly names: readonly string[]
  isOff(name: string): boolean
  /** Takes over what was said of the modules, as this process knows it from now on. */
  take(states: readonly ModuleState[]): void
}

export function modulesNamed(names: readonly string[]): Modules {
  let off: ReadonlySet<string> = new Set()
  return {
    names,
    isOff: name => off.has(name),
    take: states => {
      off = new Set(states.flatMap(({ name, isEnabled }) => (isEnabled || !names.includes(name) ? [] : [name])))
    },
  }
}
