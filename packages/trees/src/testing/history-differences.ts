import type { IterationRecord } from '../boosting/boost'
import type { TreesGolden } from '../goldens/load-goldens'

/** Where metrics differ from LightGBM's by more than a relative tolerance, iteration by iteration. */
export function historyDifferences(
  records: readonly IterationRecord[],
  history: NonNullable<TreesGolden['history']>,
  tolerance: number,
): string[] {
  return Object.entries(history).flatMap(([set, metrics]) =>
    Object.entries(metrics).flatMap(([metric, values]) => {
      if (values.length !== records.length) return [`${set}: ${records.length} records, not ${values.length}`]
      return values.flatMap((value, i) => {
        const own = records[i]!.metrics[set]?.[metric] ?? Number.NaN
        if (Math.abs(own - value) <= tolerance * Math.abs(value)) return []
        return [`${set} ${metric} of iteration ${i + 1}: ${own} is not ${value}`]
      })
    }),
  )
}
