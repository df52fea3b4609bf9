import { registerEnumType } from 'type-graphql'

export const ErasureState = {
  REQUESTED: 'REQUESTED',
  KEY_DESTROYED: 'KEY_DESTROYED',
  COMPLETED: 'COMPLETED',
} as const
export type ErasureState = keyof typeof ErasureState

registerEnumType(ErasureState, {
  name: 'ErasureState',
  description: 'How far an erasure has come: asked for; data deleted and key destroyed; files of the store seen to.',
})
