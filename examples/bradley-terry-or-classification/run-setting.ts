import { bestOfNValue, countOrderings } from '@prefkit/evals'
import {
  createNetwork,
  type MlpOptions,
  type Network,
  type Objective,
  scoreFeatures,
  trainRewardModel,
} from '@prefkit/reward-models'
import type { Options } from './options.ts'
import type { Study } from './prepare-study.ts'
import { type Pairing, simulateAnnotations } from './simulate-annotations.ts'

/** One training: a design of annotations, an objective and a repetition. */
export interface Setting {
  readonly beta: number
  readonly annotations: number
  readonly pairing: Pairing
  readonly objective: Objective
  readonly replicate: number
}

/** What a scorer is worth on each test prompt, in the order of {@link Study.test}. */
export interface TestResult {
  /** Order consistency: share of the prompt's pairs of responses, among those golden orders, that are ordered the same way. */
  readonly order: readonly number[]
  /** Golden score of the best of n, for each n of {@link sizesOf}. */
  readonly golden: readonly (readonly number[])[]
  /** The same in the annotators' rewards. */
  readonly rewards: readonly (readonly number[])[]
}

/** What became of a setting. */
export interface SettingResult extends Setting, TestResult {
  readonly errorRate: number
  readonly meanGap: number
  /** Epochs until training stopped. */
  readonly epochs: number
  readonly seconds: number
}

/** 1, 2, 4, … and the number of responses. */
export function sizesOf({ responses }: Pick<Study, 'responses'>): number[] {
  const powers = Array.from({ length: Math.floor(Math.log2(responses)) + 1 }, (_, i) => 2 ** i)
  return [...new Set([...powers, responses])]
}

/** Every training that the options ask for; a repetition is complete before the next begins. */
export const settingsOf = ({ replicates, betas, annotations, pairings, objectives }: Options): Setting[] =>
  Array.from({ length: replicates }, (_, replicate) => replicate).flatMap((replicate) =>
    annotations.flatMap((count) =>
      betas.flatMap((beta) =>
        pairings.flatMap((pairing) =>
          objectives.map((objective) => ({ beta, annotations: count, pairing, objective, replicate })),
        ),
      ),
    ),
  )

/** Compiled networks, one for each objective, which all settings share. */
export type Networks = Readonly<Record<Objective, Network>>

/** Nothing is compiled before its first use. */
export const createNetworks = (training: Readonly<Record<Objective, MlpOptions>>): Networks => ({
  bt: createNetwork(training.bt),
  clf: createNetwork(training.clf),
})

/** Annotates, trains and tests. Both objectives of a design and repetition learn from the same annotations. */
export async function runSetting(
  setting: Setting,
  study: Study,
  { training, seed }: Pick<Options, 'training' | 'seed'>,
  networks: Networks,
): Promise<SettingResult> {
  const { beta, annotations: count, pairing, objective, replicate } = setting
  const own = 1000 * seed + replicate
  const annotations = simulateAnnotations(study, { pairing, beta, count, seed: own })
  const { chosen, rejected, blocks: groups, errorRate, meanGap } = annotations
  const network = networks[objective]
  const begun = performance.now()
  let epochs = 0
  const model = await trainRewardModel(
    { features: study.features, chosen, rejected, groups },
    { ...training[objective], seed: own },
    {
      network,
      onProgress: ({ state }) => {
        if (state) epochs = state.current.epoch
      },
    },
  )
  const seconds = (performance.now() - begun) / 1000
  const scores = await scoreFeatures(model, study.features)
  return { ...setting, errorRate, meanGap, epochs, seconds, ...testScores(scores, study) }
}

/** Tests any scores, one for each row of the study. */
export function testScores(scores: Float32Array | Float64Array, study: Study): TestResult {
  const { test, responses, golden, rewards } = study
  const parts = test.map((prompt) => {
    const of = <Column extends ArrayLike<number>>(column: Column) =>
      Array.prototype.slice.call(column, prompt * responses, (prompt + 1) * responses) as number[]
    return { scores: of(scores), golden: of(golden), rewards: of(rewards) }
  })
  const picks = (name: 'golden' | 'rewards') =>
    sizesOf(study).map((n) => parts.map((part) => bestOfNValue(part.scores, part[name], n)))
  return {
    order: parts.map((part) => {
      const { concordant, discordant, tiedX } = countOrderings(part.scores, part.golden)
      return concordant / (concordant + discordant + tiedX)
    }),
    golden: picks('golden'),
    rewards: picks('rewards'),
  }
}
