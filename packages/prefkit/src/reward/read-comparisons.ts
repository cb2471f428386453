import { type Comparison, loadComparisons, type ReadReport, splitByPrompt } from '@prefkit/datasets'
import { PrefkitError } from '../prefkit-error'
import type { DataConfig } from './reward-config'

/** Comparisons to learn from and to test on; no prompt is in both. */
export interface TrainAndTest {
  readonly train: readonly Comparison[]
  readonly test: readonly Comparison[]
  /** What the reading came to: of `files`, and of `testFiles` where there are some. */
  readonly reports: readonly ReadReport[]
}

/**
 * Reads what a configuration names, and keeps a share of the prompts for the test where it names no test files.
 * @throws DatasetError for files that cannot be read; PrefkitError `NO_COMPARISONS` when nothing is left to learn from.
 */
export async function readTrainAndTest(data: DataConfig, seed: number): Promise<TrainAndTest> {
  const { dialect, texts, skipBad, testFraction } = data
  const load = (files: readonly string[]) => loadComparisons(files, { dialect, texts, skipBad })
  const { comparisons, report } = await load(data.files)
  if (comparisons.length === 0) throw noComparisons(data.files, report)
  if (data.testFiles.length > 0) {
    const test = await load(data.testFiles)
    if (test.comparisons.length === 0) throw noComparisons(data.testFiles, test.report)
    return { train: comparisons, test: test.comparisons, reports: [report, test.report] }
  }
  const fractions = { train: 1 - testFraction, test: testFraction }
  return { ...splitByPrompt(comparisons, { fractions, seed }), reports: [report] }
}

/** An error that says what the files held instead. */
export function noComparisons(
  files: readonly string[],
  { rows, ties, skipped, unpaired }: ReadReport,
): PrefkitError {
  const found = `${rows} rows, ${ties} ties, ${unpaired} unpaired responses, ${skipped} skipped`
  return new PrefkitError(
    'NO_COMPARISONS',
    `${files.join(', ')}: expected comparisons, found none (${found})`,
  )
}
