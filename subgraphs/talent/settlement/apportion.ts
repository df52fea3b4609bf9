// Pure: an amount in minor units, shared out by parts so that nothing is lost in rounding.

/**
 * Shares out `amountMinor` in proportion to the parts: each is first given its share rounded down, and what remains goes
 * unit by unit to those whose shares lost most by that, of equals to the one whose id comes first. Undefined where
 * nobody has a part. Parts are not negative.
 */
export function apportioned(
  amountMinor: number,
  parts: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, number> | undefined {
  const all = [...parts.values()].reduce((sum, each) => sum + each, 0n)
  if (all === 0n) return undefined
  const amount = BigInt(amountMinor)
  const shares = [...parts].map(([id, part]) => ({
    id,
    minor: (amount * part) / all,
    lost: (amount * part) % all,
  }))
  const remaining = Number(amount - shares.reduce((sum, { minor }) => sum + minor, 0n))
  const byLoss = shares.toSorted((a, b) => (a.lost === b.lost ? (a.id < b.id ? -1 : 1) : a.lost > b.lost ? -1 : 1))
  const luckier = new Set(byLoss.slice(0, remaining).map(({ id }) => id))
  return new Map(shares.map(({ id, minor }) => [id, Number(minor) + (luckier.has(id) ? 1 : 0)]))
}
