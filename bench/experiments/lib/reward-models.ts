import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalPolicy } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import {
  type Algorithm,
  distilScores,
  type LoopPrompt,
  type PairwiseScorer,
  type PointwiseScorer,
  type PreferencePair,
  pairwiseModelScorer,
  pairwiseRewardModel,
  scalarRewardModel,
  scalarScorer,
  withLabelNoise,
} from '../../../packages/prefkit/src/loop/index.ts'
import { type Annotators, annotators, compare } from './comparisons.ts'
import type { Context } from './context.ts'
import { warmUpAndDecay } from './learning-rate.ts'
import { baseResponses } from './rollouts.ts'

/** A model that was trained, to be asked; it is to be released. */
export interface Opened<Scorer> {
  readonly scorer: Scorer
  release(): Promise<void>
}

/** How a pairwise judge is trained. */
export interface JudgeRecipe extends Annotators {
  readonly seed: number
  /** Whether pairs are shown in both orders; else in that in which people saw them, twice as often. */
  readonly swap: boolean
  /** ζ. */
  readonly consistencyWeight: number
}

/** That of a judge whose rewards policies learn from. */
export const standardJudge = (seed: number): JudgeRecipe => ({
  ...{ ...annotators, seed, swap: true, consistencyWeight: 0.1 },
})

async function finish(steps: Algorithm, model: LocalPolicy, path: string): Promise<void> {
  let last: Readonly<Record<string, number>> = {}
  for await (const { metrics } of steps) last = metrics
  await model.save(path)
  await model.release()
  await writeFile(join(path, 'metrics.json'), JSON.stringify(last))
}

/** What its training told last. */
export const lastMetrics = async (path: string): Promise<Readonly<Record<string, number>>> =>
  JSON.parse(await readFile(join(path, 'metrics.json'), 'utf8'))

/** The folder of a judge: every recipe makes as many steps on as many rows. */
export function trainJudge(context: Context, recipe: JudgeRecipe): Promise<string> {
  const { world, store } = context
  const { judge, comparisons, responseTokens } = world.size
  const settings = { model: world.modelName, judge, comparisons, responseTokens, recipe }
  return store.artefact('judge', settings, async (path) => {
    const { seed, swap, consistencyWeight } = recipe
    const { pairs, chosenFirst } = await compare(context, { ...recipe, count: comparisons.count })
    const model = world.policy({ seed })
    const epochs = swap ? 1 : 2
    const batchSize = judge.rowsPerStep / (swap ? 2 : 1)
    const steps = Math.ceil((epochs * pairs.length) / batchSize)
    const learningRate = warmUpAndDecay(judge.learningRate, steps, judge.warmup)
    const own = { template: world.template, pairs, seed, epochs, batchSize, learningRate }
    const order = { swap, consistencyWeight, chosenFirst: (pair: PreferencePair) => chosenFirst.has(pair) }
    await finish(pairwiseRewardModel({ ...own, ...order, model }), model, path)
  })
}

export async function openJudge(context: Context, path: string): Promise<Opened<PairwiseScorer>> {
  const { world } = context
  const policy = world.policy({}, await loadLanguageModel(path))
  return { scorer: pairwiseModelScorer(policy, world.template), release: () => policy.release() }
}

/** The folder of a Bradley–Terry model of the same comparisons. */
export function trainBradleyTerry(
  context: Context,
  recipe: { readonly seed: number; readonly noise: number; readonly count: number },
): Promise<string> {
  const { world, store } = context
  const { judge, comparisons, responseTokens } = world.size
  const settings = { model: world.modelName, judge, comparisons, responseTokens, recipe, annotators }
  return store.artefact('bradley-terry', settings, async (path) => {
    const { seed, noise, count } = recipe
    const all = await compare(context, { ...annotators, seed, count: comparisons.count })
    const pairs = withLabelNoise(all.pairs.slice(0, count), { rate: noise, seed })
    const model = world.policy({ seed, head: 'reward' })
    const batchSize = judge.rowsPerStep / 2
    const steps = Math.ceil(pairs.length / batchSize)
    const learningRate = warmUpAndDecay(judge.learningRate, steps, judge.warmup)
    await finish(scalarRewardModel({ model, pairs, seed, batchSize, learningRate }), model, path)
  })
}

export async function openScalar(context: Context, path: string): Promise<Opened<PointwiseScorer>> {
  const policy = context.world.policy({ head: 'reward' }, await loadLanguageModel(path))
  return { scorer: scalarScorer(policy), release: () => policy.release() }
}

/** The folder of scores that are distilled from a judge on responses to the prompts that a policy learns on. */
export function distilJudge(
  context: Context,
  { seed, prompts, anchorsOf }: { seed: number; prompts: readonly LoopPrompt[]; anchorsOf: string },
): Promise<string> {
  const { world, store } = context
  const { judge: own, anchors, policy, responseTokens, comparisons } = world.size
  const settings = {
    model: world.modelName,
    ...{ own, anchors, policy, responseTokens, comparisons, seed, anchorsOf },
  }
  return store.artefact('distilled', settings, async (path) => {
    const n = anchors.distilled
    const drawn = await baseResponses(context, prompts, { n, seed: 5 })
    const responses = drawn.flatMap((each, i) => each.map((one) => ({ ...one, prompt: prompts[i]! })))
    const held = responses.filter((_, i) => i % 10 === 0)
    const learnt = responses.filter((_, i) => i % 10 !== 0)
    const judge = await openJudge(context, await trainJudge(context, standardJudge(seed)))
    const model = world.policy({ seed, head: 'reward' })
    const batchSize = own.rowsPerStep / 2
    const steps = Math.ceil(learnt.length / batchSize)
    const learningRate = warmUpAndDecay(own.learningRate, steps, own.warmup)
    const given = { judge: judge.scorer, responses: learnt, evaluation: held, seed, batchSize, learningRate }
    await finish(distilScores({ ...given, model }), model, path)
    await judge.release()
  })
}
