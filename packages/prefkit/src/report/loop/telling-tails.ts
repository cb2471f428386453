const partsOf = (path: string): string[] => path.split(/[/\\]/).filter((part) => part !== '')

/** The last parts of each path, as few as tell it from the others: `sft/model` and `policy/model`, but `a.bin` where no other ends so. */
export function tellingTails(paths: readonly string[]): string[] {
  const tail = (path: string, count: number): string => partsOf(path).slice(-count).join('/')
  return paths.map((path) => {
    const counts = partsOf(path).map((_, i) => i + 1)
    const isTelling = (count: number) =>
      paths.filter((other) => tail(other, count) === tail(path, count)).length === 1
    const fewest = counts.find(isTelling)
    return fewest === undefined ? path : tail(path, fewest)
  })
}
