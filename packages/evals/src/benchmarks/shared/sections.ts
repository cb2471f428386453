import type { BenchmarkPart } from './benchmark'
import { estimate, type RowNumbers, type Statistic, shareOf } from './estimate'
import type { ResamplingSettings } from './options'

/** A mean of subsets by weights; those without rows are left out. */
export interface Section {
  readonly name: string
  readonly weight: number
  /** Weights of subsets. */
  readonly subsets: Readonly<Record<string, number>>
}

/** What a row counts for, and where. */
export interface Credit {
  readonly subset: string
  readonly credit: number
}

const weightedMean = (terms: readonly (readonly [value: number, weight: number])[]): number | null => {
  const total = terms.reduce((sum, [, weight]) => sum + weight, 0)
  return total === 0 ? null : terms.reduce((sum, [value, weight]) => sum + value * weight, 0) / total
}

/** Rows of each subset, subsets in order of first appearance. */
export function bySubset(credits: readonly Credit[]): Map<string, RowNumbers[]> {
  const strata = new Map<string, RowNumbers[]>()
  for (const { subset, credit } of credits) {
    const known = strata.get(subset)
    if (known) known.push([credit])
    else strata.set(subset, [[credit]])
  }
  return strata
}

/** Means of subsets, of sections by their weights, and of all sections by theirs; what is missing is left out. */
export function scoreSections(
  credits: readonly Credit[],
  sections: readonly Section[],
  settings: ResamplingSettings,
): { overall: Statistic; sections: BenchmarkPart[]; subsets: BenchmarkPart[] } {
  const strata = bySubset(credits)
  const names = [...strata.keys()]
  const position = new Map(names.map((name, i) => [name, i]))
  const present = sections.map(({ subsets }) =>
    Object.entries(subsets).flatMap(([name, weight]) => {
      const at = position.get(name)
      return at === undefined ? [] : [{ at, weight }]
    }),
  )
  const combine = (means: readonly RowNumbers[]) => {
    const bySection = present.map((parts) =>
      weightedMean(parts.map(({ at, weight }) => [means[at]![0]!, weight] as const)),
    )
    const overall = weightedMean(
      bySection.flatMap((value, i) => (value === null ? [] : [[value, sections[i]!.weight] as const])),
    )
    return [overall, ...bySection]
  }
  const [overall, ...rest] = estimate([...strata.values()], combine, settings)
  const creditsOf = (name: string) => strata.get(name)!.map(([credit]) => credit!)
  const rowsOf = (at: number) => strata.get(names[at]!)!.length
  return {
    overall: overall!,
    sections: sections.map(({ name }, i) => ({
      name,
      rows: present[i]!.reduce((sum, { at }) => sum + rowsOf(at), 0),
      ...rest[i]!,
    })),
    subsets: names.map((name, i) => ({
      name,
      rows: rowsOf(i),
      ...shareOf(creditsOf(name), settings.confidence),
    })),
  }
}
