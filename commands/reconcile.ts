// Asks the server to recompute from its graph what the log commits to, page by page, and names what does not agree.
import { z } from 'zod'
import type { Client } from './client.ts'
import { ask } from './evidence-client.ts'

const RECONCILIATION = `query Reconciliation($first: Int!, $after: String) {
  reconciliation(first: $first, after: $after) {
    entries checked erased
    findings { label nodeId problem entryId }
    pageInfo { hasNextPage endCursor }
  }
}`

/** Entries of ingestion hold up to a thousand facts each. */
const PAGE = 20

const finding = z.object({
  label: z.string(),
  nodeId: z.string().nullable(),
  problem: z.enum(['EDITED', 'DELETED', 'INSERTED']),
  entryId: z.string().nullable(),
})

const page = z.object({
  entries: z.number(),
  checked: z.number(),
  erased: z.number(),
  findings: z.array(finding),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
})

type Reconciliation = Omit<z.infer<typeof page>, 'pageInfo'>

export async function reconcile(client: Client, advance: (entries: number) => void): Promise<Reconciliation> {
  let total: Reconciliation = { entries: 0, checked: 0, erased: 0, findings: [] }
  let after: string | null = null
  do {
    const found: z.infer<typeof page> = await ask(client, RECONCILIATION, { first: PAGE, after }, page)
    total = {
      entries: total.entries + found.entries,
      checked: total.checked + found.checked,
      erased: total.erased + found.erased,
      findings: [...total.findings, ...found.findings],
    }
    advance(total.entries)
    after = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null
  } while (after !== null)
  return total
}

/** A line for each node that does not agree with the log. */
export function linesOf({ findings }: Reconciliation): string[] {
  return findings.map(({ label, nodeId, problem, entryId }) => {
    const node = nodeId === null ? `${label} (several)` : `${label} ${nodeId}`
    return `${problem} ${node}, ${entryId === null ? 'which names no entry' : `entry ${entryId}`}`
  })
}
