// The policy that ships: who may see what, for which purpose, on which legal basis. Data, not code: the six answers of
// the README follow from the rows of ground-policy.json alone.
import { readFileSync } from 'node:fs'
import { parsePolicy } from './policy.ts'

export const groundPolicy = parsePolicy(
  JSON.parse(readFileSync(new URL('ground-policy.json', import.meta.url), 'utf8')),
)
