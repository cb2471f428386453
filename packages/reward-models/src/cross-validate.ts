import type { BackendChoice } from '@prefkit/tensor'
import { fitWith, runToEnd } from './fit-reward-model'
import { createLearner } from './kinds/kinds'
import { type ModelKind, type RewardModelSettings, resolveOptions } from './options'
import { checkPairData, type PairData, takePairs } from './pair-data'
import { type RewardModel, scoreWith } from './reward-model'
import { RewardModelError } from './reward-model-error'
import { permutation } from './shuffle'
import type { TrainingRecord } from './training-record'

/** Stream of the seed that dealing groups to folds uses; epochs count from 0 and splits use −1. */
const foldStream = -2

/** Which pairs are learned from, and which are kept for the test. */
export interface Fold {
  readonly name: string
  /** Positions of pairs. */
  readonly train: readonly number[]
  readonly test: readonly number[]
}

/** What became of one fold. */
export interface FoldResult {
  readonly fold: Fold
  readonly model: RewardModel
  /** A record a step of its training. */
  readonly records: readonly TrainingRecord[]
  /** The fold's reward of every row of the table; only those of the fold's test pairs are of unseen data. */
  readonly rewards: Float32Array
  /** Seconds that training took. */
  readonly seconds: number
}

/**
 * Trains a model for each fold and scores with it what the fold left out. All folds share what is compiled.
 * @throws RewardModelError for bad data or options; `EMPTY` naming a fold without training or test pairs,
 *   `OUT_OF_RANGE` for a position that does not exist, `INVALID_OPTION` when a fold tests on a pair it trains on.
 */
export async function* crossValidate(
  data: PairData,
  folds: readonly Fold[],
  given: RewardModelSettings = {},
  { backend }: { backend?: BackendChoice } = {},
): AsyncGenerator<FoldResult> {
  const options = resolveOptions(given)
  checkPairData(data)
  for (const fold of folds) checkFold(fold, data.chosen.length)
  const learner = createLearner<ModelKind>(options, { backend })
  try {
    for (const fold of folds) {
      const begun = performance.now()
      const records: TrainingRecord[] = []
      const pairs = takePairs(data, fold.train)
      checkPairData(pairs)
      const model = await runToEnd(fitWith(learner, pairs, options), ({ record }) => records.push(record))
      const seconds = (performance.now() - begun) / 1000
      yield { fold, model, records, rewards: await scoreWith(learner, model, data.features), seconds }
    }
  } finally {
    await learner.release()
  }
}

function checkFold({ name, train, test }: Fold, pairs: number): void {
  for (const [part, positions] of Object.entries({ train, test })) {
    if (positions.length === 0) {
      throw new RewardModelError('EMPTY', `fold ${name}: ${part}: expected at least one pair, got none`)
    }
    const wrong = positions.find((at) => !Number.isInteger(at) || at < 0 || at >= pairs)
    if (wrong === undefined) continue
    throw new RewardModelError('OUT_OF_RANGE', `fold ${name}: ${part}: ${wrong} is not one of ${pairs} pairs`)
  }
  const trained = new Set(train)
  const shared = test.find((at) => trained.has(at))
  if (shared === undefined) return
  throw new RewardModelError('INVALID_OPTION', `fold ${name}: pair ${shared} is both trained on and tested`)
}

/**
 * Folds that leave whole groups out: groups are dealt in random order to `count` folds; each fold tests on its groups
 * and trains on all others. With as many folds as groups, leave-one-group-out.
 * @param groups group of each pair.
 * @throws RewardModelError `INVALID_OPTION` when there are fewer groups than folds, or fewer than two folds.
 */
export function groupFolds(groups: ArrayLike<number>, count: number, seed = 0): Fold[] {
  const names = [...new Set(Array.from(groups))]
  if (!Number.isInteger(count) || count < 2 || count > names.length) {
    const expected = `a whole number from 2 to the ${names.length} groups`
    throw new RewardModelError('INVALID_OPTION', `count: expected ${expected}, got ${count}`)
  }
  const foldOf = new Map<number, number>()
  for (const [i, at] of permutation(names.length, seed, foldStream).entries())
    foldOf.set(names[at]!, i % count)
  const positions = Array.from({ length: groups.length }, (_, i) => i)
  return Array.from({ length: count }, (_, fold) => ({
    name: `${fold}`,
    train: positions.filter((i) => foldOf.get(groups[i]!) !== fold),
    test: positions.filter((i) => foldOf.get(groups[i]!) === fold),
  }))
}
