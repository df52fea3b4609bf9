// What routing decides about: open tasks with the roles they need, and people. Ids, levels and counts; nothing that names anybody.

export interface Requirement {
  readonly skillId: string
  /** Above 0. */
  readonly level: number
  /** Whether somebody without a good part of it is kept out. */
  readonly isEssential: boolean
}

/** One kind of place in a task, wanted so many times. */
export interface Role {
  readonly name: string
  readonly people: number
  readonly requirements: readonly Requirement[]
}

/** A stretch of the day in minutes of UTC; it may run over midnight. */
export interface Hours {
  readonly fromMinute: number
  readonly toMinute: number
}

export interface OpenTask {
  readonly id: string
  readonly region: string | null
  /** Whether only people of its region will do. */
  readonly isLocal: boolean
  readonly hours: Hours | null
  /** Whom or what it concerns: somebody with a conflict of interest about it is kept out. */
  readonly concerns: string | null
  /** The places still to be filled. */
  readonly roles: readonly Role[]
  /** Who is in place already, in the task itself or in others of the same goal. */
  readonly inPlace: ReadonlySet<string>
  /** Who works in the task itself, declined it or was taken off it: none of them is asked again. */
  readonly notAgain: ReadonlySet<string>
  /** To whom the places are proposed now, by role. */
  readonly proposed: ReadonlyMap<string, ReadonlySet<string>>
}

export interface Person {
  readonly id: string
  readonly region: string | null
  readonly hours: Hours | null
  /** How many tasks somebody carries at most, and carries now: those that were accepted and are not done. */
  readonly capacity: number
  readonly carries: number
  /** Levels by skill. */
  readonly skills: ReadonlyMap<string, number>
  /** Whether the person lets tasks be routed by what is known of it. */
  readonly consents: boolean
  readonly conflicts: ReadonlySet<string>
  /** Newcomers do every task with a guide, whatever it asks for. */
  readonly isNewcomer: boolean
}

/** How well two people worked together before: 0 never or badly, 1 often and well. Symmetric. */
export type Collaboration = (one: string, other: string) => number

/** The skills near a skill, itself included, with the number of BROADER steps between. */
export type NearSkills = (skillId: string) => ReadonlyMap<string, number>

export interface Problem {
  readonly tasks: readonly OpenTask[]
  readonly people: readonly Person[]
  readonly collaboration: Collaboration
  readonly nearSkills: NearSkills
}

/** How many more tasks a person can take. */
export function freePlaces({ capacity, carries }: Person): number {
  return Math.max(0, capacity - carries)
}
