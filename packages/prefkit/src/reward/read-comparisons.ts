import {
  type Comparison,
  promptKey,
  promptText,
  type ReadReport,
  readComparisons,
  splitByPrompt,
} from '@prefkit/datasets'
import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from './progress'
import { readProgress } from './read-progress'
import type { DataConfig } from './reward-config'

/** Comparisons to learn from and to test on. */
export interface TrainAndTest {
  readonly train: readonly Comparison[]
  readonly test: readonly Comparison[]
  /** What the reading came to: of `files`, and of `testFiles` where there are some. */
  readonly reports: readonly ReadReport[]
  /** Prompts of the test that are in the training data too; 0 unless test files bring them. */
  readonly sharedPrompts: number
}

/**
 * Reads what a configuration names, and keeps a share of the prompts for the test where it names no test files.
 * @throws DatasetError for files that cannot be read; PrefkitError `NO_COMPARISONS` when nothing is left to learn from.
 */
export async function readTrainAndTest(
  data: DataConfig,
  seed: number,
  work: WorkOptions = {},
): Promise<TrainAndTest> {
  const { testFraction } = data
  const load = (files: readonly string[]) => loadFiles(files, data, work)
  const { comparisons, report } = await load(data.files)
  if (data.testFiles.length > 0) {
    const test = await load(data.testFiles)
    const sharedPrompts = countShared(comparisons, test.comparisons)
    return { train: comparisons, test: test.comparisons, reports: [report, test.report], sharedPrompts }
  }
  const fractions = { train: 1 - testFraction, test: testFraction }
  return { ...splitByPrompt(comparisons, { fractions, seed }), reports: [report], sharedPrompts: 0 }
}

/**
 * Reads all comparisons of files.
 * @throws DatasetError for files that cannot be read; PrefkitError `NO_COMPARISONS` when there is none.
 */
export async function loadFiles(
  files: readonly string[],
  { dialect, texts, labels, skipBad }: Pick<DataConfig, 'dialect' | 'texts' | 'labels' | 'skipBad'>,
  work: WorkOptions = {},
): Promise<{ comparisons: Comparison[]; report: ReadReport }> {
  const reader = readComparisons(files, { dialect, texts, labels, skipBad })
  const comparisons: Comparison[] = []
  for await (const comparison of readProgress(reader, files, work)) comparisons.push(comparison)
  if (comparisons.length === 0) throw noComparisons(files, reader.report)
  return { comparisons, report: reader.report }
}

/** Prompts are compared as splits compare them; comparisons without a prompt are not counted. */
function countShared(train: readonly Comparison[], test: readonly Comparison[]): number {
  const keys = (comparisons: readonly Comparison[]) =>
    new Set(comparisons.filter((comparison) => promptText(comparison) !== '').map(promptKey))
  const known = keys(train)
  return [...keys(test)].filter((key) => known.has(key)).length
}

/** An error that says what the files held instead. */
function noComparisons(
  files: readonly string[],
  { rows, ties, skipped, unpaired }: ReadReport,
): PrefkitError {
  const found = `${rows} rows, ${ties} ties, ${unpaired} unpaired responses, ${skipped} skipped`
  return new PrefkitError(
    'NO_COMPARISONS',
    `${files.join(', ')}: expected comparisons, found none (${found})`,
  )
}
