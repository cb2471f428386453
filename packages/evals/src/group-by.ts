/** One label for each row: a prompt, a source, a topic. */
export type Labels = ArrayLike<string | number>

/** Row numbers of each label, labels in order of first appearance. */
export function groupBy(labels: Labels): Map<string | number, number[]> {
  const rows = new Map<string | number, number[]>()
  for (let i = 0; i < labels.length; i++) {
    const known = rows.get(labels[i]!)
    if (known) known.push(i)
    else rows.set(labels[i]!, [i])
  }
  return rows
}

/** The rows of `values` numbered `rows`, as a typed array. */
export function takeRows(values: ArrayLike<number>, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!)
}

/** Sum and number of values of each cluster; each value its own cluster when there are no labels. */
export function clusterTotals(values: ArrayLike<number>, labels?: Labels) {
  if (labels === undefined)
    return { totals: Float64Array.from(values), counts: new Float64Array(values.length).fill(1) }
  const clusters = [...groupBy(labels).values()]
  return {
    totals: Float64Array.from(clusters, (rows) => rows.reduce((sum, row) => sum + values[row]!, 0)),
    counts: Float64Array.from(clusters, (rows) => rows.length),
  }
}
