/** Of values that come one after the other: takes the next, and gives the last `count`, that one included. */
export function lastOf<Value>(count: number): (value: Value) => readonly Value[] {
  const kept: Value[] = []
  return (value) => {
    kept.push(value)
    if (kept.length > count) kept.shift()
    return kept
  }
}
