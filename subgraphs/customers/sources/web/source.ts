import { z } from 'zod'
import { account, contact, instant, shortText, sourceOf } from '../record.ts'

const web = z.strictObject({
  customer: contact,
  account: account.optional(),
  view: z.strictObject({
    viewedAt: instant,
    /** The path alone: what stands behind it in an address may name a session. */
    path: z.string().regex(/^\/[^\s?#]{0,499}$/, 'expected a path such as /products/server without query and fragment'),
    durationSeconds: z.int().min(0).max(86_400).optional(),
    /** What was typed into the search of the site. */
    searchedFor: shortText(500).optional(),
  }),
})

export const webSource = sourceOf('web', web, ({ view, ...others }) => ({
  ...others,
  statedAt: view.viewedAt,
  interaction: {
    touchpoint: 'WEB',
    occurredAt: view.viewedAt,
    text: view.searchedFor ?? view.path,
    durationSeconds: view.durationSeconds,
  },
}))
