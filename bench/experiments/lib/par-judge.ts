import { completionDatum, sftLoss } from '@prefkit/lm'
import {
  expectedScorer,
  type JudgeForm,
  judgePrompt,
  type PointwiseScorer,
  type PreferencePair,
  par,
  type ShortScoreFormat,
  shortScoreFormat,
} from '../../../packages/prefkit/src/loop/index.ts'
import { annotators, compare, goldenPairs } from './comparisons.ts'
import type { Context } from './context.ts'
import { warmUpAndDecay } from './learning-rate.ts'
import { openScalar, trainBradleyTerry } from './reward-models.ts'
import type { World } from './world.ts'

/** What a model of rewards comes to on pairs whose better response is known. */
export interface RewardOutcome {
  readonly accuracy: number
  /** Mean score of the better responses less that of the others. */
  readonly margin: number
}

/** A step of a judge that learns by preference-aware rewards, on comparisons that it has not seen. */
export interface ParPoint {
  readonly step: number
  readonly margin: number
  readonly reward: number
  readonly parsed: number
}

export interface ParOutcome extends RewardOutcome {
  readonly curve: readonly ParPoint[]
}

/** How much a score on the right side of the other response's is worth. */
export type Grading = 'graded' | 'constant'

/** f of the paper; and the same without its upper grade. */
const grades = {
  graded: [
    { above: 0, reward: 1.2 },
    { above: 2, reward: 1.4 },
  ],
  constant: [{ above: 0, reward: 1.2 }],
} as const

const scale = { min: 1, max: 9 }

/** A score on a line of its own: the vocabulary has no more words than that. */
function formOf({ model, encode }: World): JudgeForm & { readonly format: ShortScoreFormat } {
  return {
    format: shortScoreFormat({ scale, tags: false }),
    encode: ([message]) => Array.from(model.tokenizer.encode(message!.content)),
    encodeAnswer: encode,
    stop: ['\n'],
  }
}

/** A number in [0, 1) that looks as if it were drawn: for scores that have nothing to do with what is scored. */
const scattered = (i: number): number => {
  const x = Math.sin(i * 12.9898 + 78.233) * 43758.5453
  return x - Math.floor(x)
}

/** Stage one, the form alone: every score as often, whatever is scored, so that what is preferred is learnt from comparisons only. */
async function teachForm(
  world: World,
  policy: ReturnType<World['policy']>,
  pairs: readonly PreferencePair[],
): Promise<void> {
  const { formSteps } = world.size.par
  const { judge } = world.size
  const form = formOf(world)
  for (let step = 0; step < formSteps; step++) {
    const data = Array.from({ length: judge.rowsPerStep }, (_, row) => {
      const place = step * judge.rowsPerStep + row
      const { prompt, chosen, rejected } = pairs[place % pairs.length]!
      const score = scale.min + Math.floor(scattered(place) * (scale.max - scale.min + 1))
      const asked = judgePrompt(form, { prompt, response: row % 2 === 0 ? chosen : rejected })
      return completionDatum(asked.tokens, form.encodeAnswer(form.format.answer(score)))
    })
    await policy.forwardBackward(data, sftLoss)
    await policy.optimStep({
      learningRate: warmUpAndDecay(judge.learningRate, formSteps, judge.warmup)(step),
    })
  }
}

async function measure(scorer: PointwiseScorer, pairs: readonly PreferencePair[]): Promise<RewardOutcome> {
  const scores = await scorer.scores(
    pairs.flatMap(({ prompt, chosen, rejected }) =>
      [chosen, rejected].map((response) => ({ prompt, response })),
    ),
  )
  const margins = pairs.map((_, i) => scores[2 * i]! - scores[2 * i + 1]!)
  return {
    accuracy: margins.filter((margin) => margin > 0).length / pairs.length,
    margin: margins.reduce((sum, each) => sum + each, 0) / pairs.length,
  }
}

/** A judge of single responses that learns from comparisons of which some are the wrong way round. */
export async function trainParJudge(
  context: Context,
  { f, noise, seed }: { readonly f: Grading; readonly noise: number; readonly seed: number },
): Promise<ParOutcome> {
  const { world } = context
  const { pairs: count, steps, pairsPerStep, samplesPerPrompt, learningRate, heldOut } = world.size.par
  const all = await compare(context, { ...annotators, seed, count: world.size.comparisons.count })
  const pairs = all.pairs.slice(0, count)
  const policy = world.policy({ seed })
  const form = formOf(world)
  await teachForm(world, policy, pairs)
  const curve: ParPoint[] = []
  const how = { steps, pairsPerStep, samplesPerPrompt, learningRate, seed, labelNoise: noise }
  const sampling = { maxNewTokens: 4, batchSize: 128 }
  for await (const { step, metrics } of par({ ...how, policy, form, pairs, grades: grades[f], sampling })) {
    curve.push({
      step,
      margin: metrics['rewards/margins'] ?? Number.NaN,
      reward: metrics.reward!,
      parsed: metrics['format/parsed_ratio']!,
    })
  }
  const found = await measure(expectedScorer({ policy, form }), await goldenPairs(context, heldOut))
  await policy.release()
  return { ...found, curve }
}

/** The Bradley–Terry model that learns from the same comparisons. */
export async function bradleyTerryOutcome(
  context: Context,
  { noise, seed }: { readonly noise: number; readonly seed: number },
): Promise<RewardOutcome> {
  const { pairs: count, heldOut } = context.world.size.par
  const { scorer, release } = await openScalar(
    context,
    await trainBradleyTerry(context, { seed, noise, count }),
  )
  const found = await measure(scorer, await goldenPairs(context, heldOut))
  await release()
  return found
}
