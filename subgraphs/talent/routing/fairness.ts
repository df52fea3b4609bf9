// Pure: how evenly people are loaded.

export interface Fairness {
  /** The largest share of a capacity that is taken; 0 without people. */
  readonly largestLoad: number
  /**
   * Gini coefficient of the loads: Σ|xᵢ − xⱼ| over all pairs ÷ (2 n² × mean). 0 where everybody carries the same share of their capacity,
   * nearly 1 where one person carries everything.
   */
  readonly gini: number
}

/** The figures over shares of capacity that are taken, one a person. */
export function fairnessOf(loads: readonly number[]): Fairness {
  const sorted = loads.toSorted((a, b) => a - b)
  const sum = sorted.reduce((all, load) => all + load, 0)
  if (sum === 0) return { largestLoad: 0, gini: 0 }
  // In ascending order each load is added once for each that is smaller and taken away once for each that is larger.
  const differences = sorted.reduce((all, load, index) => all + load * (2 * index + 1 - sorted.length), 0)
  return { largestLoad: sorted.at(-1) ?? 0, gini: differences / (sorted.length * sum) }
}
