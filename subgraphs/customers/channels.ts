// Pure: whether the channels through which a customer is known tell the same of it.
import { z } from 'zod'

const FIELDS = ['name', 'phone', 'email', 'weComId', 'region'] as const

// Records were validated when they were accepted; those of sources that tell of no customer in this shape tell nothing.
const record = z.object({ customer: z.object({}).catchall(z.unknown()) })

export interface ToldField {
  readonly field: string
  /** Whether all channels tell the same; a channel that changed its mind tells two things. */
  readonly isConsistent: boolean
}

/** Of the records of one customer, as (channel, payload), the fields that at least two channels tell. */
export function toldByChannels(
  records: readonly (readonly [channel: string, payload: string])[],
): readonly ToldField[] {
  const told = FIELDS.map(field => ({ field, channels: new Set<string>(), values: new Set<string>() }))
  for (const [channel, payload] of records) {
    const parsed = record.safeParse(JSON.parse(payload))
    if (!parsed.success) continue
    for (const { field, channels, values } of told) {
      const value = parsed.data.customer[field]
      if (typeof value !== 'string') continue
      channels.add(channel)
      values.add(value)
    }
  }
  return told
    .filter(({ channels }) => channels.size > 1)
    .map(({ field, values }) => ({ field, isConsistent: values.size === 1 }))
}
