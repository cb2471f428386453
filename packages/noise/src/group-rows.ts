/** Rows by group: those of group g are `order[starts[g]]` to `order[starts[g + 1] − 1]`, in the order they came. */
export interface GroupedRows {
  readonly starts: Int32Array
  readonly order: Int32Array
}

/** Sorts rows by the number of their group, from 0, by counting. */
export function groupRows(groups: Int32Array, count: number): GroupedRows {
  const starts = new Int32Array(count + 1)
  for (let row = 0; row < groups.length; row++) starts[groups[row]! + 1]! += 1
  for (let group = 0; group < count; group++) starts[group + 1]! += starts[group]!
  const next = starts.slice()
  const order = new Int32Array(groups.length)
  for (let row = 0; row < groups.length; row++) order[next[groups[row]!]!++] = row
  return { starts, order }
}
