import { featurize, type Matrix } from '@prefkit/reward-models'
import {
  cachedEmbedder,
  type Embedder,
  hashedNgrams,
  sentenceEncoder,
} from '@prefkit/reward-models/embedders'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { ExampleError } from './example-error.ts'
import type { Options, RewardScale } from './options.ts'
import { showProgress } from './progress.ts'
import type { GoldenTable, TableRow } from './read-table.ts'
import type { Annotatable } from './simulate-annotations.ts'

/** Everything that all settings share. Rows of responses count as in {@link Annotatable}. */
export interface Study extends Annotatable {
  /** A row for each response, of training and test prompts. */
  readonly features: Matrix
  /** Golden score of each row as the table has it, in [0, 1]. */
  readonly golden: Float64Array
  /** Characters of each response. */
  readonly lengths: Float64Array
  /** Test prompts. */
  readonly test: readonly number[]
  readonly models: readonly string[]
  readonly embedderId: string
  /** Prompts of the table left out: they lack a response, or all their responses are equally good. */
  readonly leftOut: number
}

/** The table's win probabilities have six decimals; a logit is finite within them. */
const smallest = 1e-6

const scales: Readonly<Record<RewardScale, (golden: number) => number>> = {
  // Golden is the probability to beat one fixed response: under Bradley–Terry its logit is the reward.
  logit: (golden) => {
    const p = Math.min(1 - smallest, Math.max(smallest, golden))
    return Math.log(p / (1 - p))
  },
  golden: (golden) => golden,
}

const embedders: Readonly<Record<Options['embedder'], (options: Options) => Embedder>> = {
  'hashed-ngrams': ({ dimensions }) => hashedNgrams({ dimensions }),
  sentence: () => sentenceEncoder(),
}

/** Blocks of training prompts: a tenth of a validation share is as fine as it needs to be. */
const blockCount = 20

/** Selects responses, splits the prompts and makes the features. */
export async function prepareStudy(table: GoldenTable, options: Options): Promise<Study> {
  const models = spread(modelsOf(table), options.responses)
  const rows = table.rows.flatMap((row) => usable(row, models) ?? [])
  const order = shuffled(rows.length, options.seed)
  const testCount = Math.round(options.testShare * rows.length)
  const [test, train] = [order.slice(0, testCount), order.slice(testCount)]
  if (test.length < 2 || train.length < 4) {
    const message = `--table: ${rows.length} usable prompts of ${table.rows.length} with --responses ${models.length}`
    throw new ExampleError('BAD_TABLE', `${message}; expected at least 4 to train on and 2 to test on`)
  }
  const count = Math.min(blockCount, Math.floor(train.length / 2))
  const items = rows.flatMap(({ prompt, responses }) =>
    responses.map(({ response }) => ({ prompt, response })),
  )
  const golden = Float64Array.from(rows.flatMap(({ responses }) => responses.map((one) => one.golden)))
  const { features, embedderId } = await makeFeatures(items, options)
  return {
    features,
    embedderId,
    golden,
    rewards: standardise(golden.map(scales[options.reward]), train, models.length),
    lengths: Float64Array.from(items, ({ response }) => response.length),
    responses: models.length,
    blocks: Array.from({ length: count }, (_, block) => train.filter((_, i) => i % count === block)),
    test,
    models,
    leftOut: table.rows.length - rows.length,
  }
}

const modelsOf = ({ rows }: GoldenTable): string[] => [
  ...new Set(rows.flatMap(({ responses }) => responses.map(({ model }) => model))),
]

/** `count` of the names at even distances, first and last among them; all when there are no more. */
const spread = (names: readonly string[], count: number): string[] =>
  count >= names.length
    ? [...names]
    : Array.from({ length: count }, (_, i) => names[Math.round((i * (names.length - 1)) / (count - 1))]!)

/** The row with these models' responses alone; none when one is missing or all are equally good. */
function usable({ prompt, responses }: TableRow, models: readonly string[]): TableRow | undefined {
  const found = models.flatMap((model) => responses.find((one) => one.model === model) ?? [])
  const complete = found.length === models.length && found.some(({ golden }) => golden !== found[0]!.golden)
  return complete ? { prompt, responses: found } : undefined
}

function shuffled(size: number, seed: number): number[] {
  const random = xoroshiro128plus(seed)
  const order = Array.from({ length: size }, (_, i) => i)
  for (let i = size - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}

/** Rewards in units of their standard deviation over the training responses, so that β means the same on any scale. */
function standardise(rewards: Float64Array, train: readonly number[], responses: number): Float64Array {
  const known = train.flatMap((prompt) => [...rewards.subarray(prompt * responses, (prompt + 1) * responses)])
  const mean = known.reduce((sum, r) => sum + r, 0) / known.length
  const deviation = Math.sqrt(known.reduce((sum, r) => sum + (r - mean) ** 2, 0) / known.length)
  return rewards.map((r) => (r - mean) / deviation)
}

async function makeFeatures(items: readonly { prompt: string; response: string }[], options: Options) {
  const plain = embedders[options.embedder](options)
  const embedder = options.cache ? cachedEmbedder(plain, { directory: options.cache }) : plain
  const readsPrompt = options.parts.some((part) => !['response', 'surface'].includes(part))
  const texts = new Set(
    items.flatMap(({ prompt, response }) => (readsPrompt ? [prompt, response] : [response])),
  )
  const progress = showProgress('embedding', 'texts', texts.size, options)
  try {
    const features = await featurize(
      items,
      { embedder, parts: options.parts },
      { onProgress: (done) => progress.update(done) },
    )
    return { features, embedderId: embedder.id }
  } finally {
    progress.stop()
  }
}
