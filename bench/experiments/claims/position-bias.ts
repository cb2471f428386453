import type { PairwiseScorer, PreferencePair } from '../../../packages/prefkit/src/loop/index.ts'
import { annotators, goldenPairs } from '../lib/comparisons.ts'
import type { Claim, Context } from '../lib/context.ts'
import { armsChart } from '../lib/dots-chart.ts'
import { change, interval, table } from '../lib/markdown.ts'
import { type JudgeRecipe, openJudge, trainJudge } from '../lib/reward-models.ts'
import { byArm, difference, over } from '../lib/summary.ts'

/** What a judge says of pairs whose better response is known, shown in both orders. */
interface PositionResult {
  /** Where the better one is shown first, and second. */
  readonly front: number
  readonly back: number
  /** By both orders together. */
  readonly accuracy: number
  /** Share of pairs that it decides by the place alone. */
  readonly contradicted: number
  /** Mean of p(first wins) over both orders of all pairs, less ½. */
  readonly favoursFirst: number
}

type Arm = Omit<JudgeRecipe, 'seed'>

const fair = { ...annotators, favourFirst: 0 }

const arms: Readonly<Record<string, Arm>> = {
  'one order, fair annotators': { ...fair, swap: false, consistencyWeight: 0 },
  'one order, biased annotators': { ...annotators, swap: false, consistencyWeight: 0 },
  'both orders, ζ = 0': { ...annotators, swap: true, consistencyWeight: 0 },
  'both orders, ζ = 0.1': { ...annotators, swap: true, consistencyWeight: 0.1 },
  'both orders, ζ = 1': { ...annotators, swap: true, consistencyWeight: 1 },
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

async function measure(scorer: PairwiseScorer, pairs: readonly PreferencePair[]): Promise<PositionResult> {
  const wins = await scorer.firstWins(
    pairs.flatMap(({ prompt, chosen, rejected }) => [
      { prompt, first: chosen, second: rejected },
      { prompt, first: rejected, second: chosen },
    ]),
  )
  const both = pairs.map((_, i) => ({ front: wins[2 * i]!, back: wins[2 * i + 1]! }))
  return {
    front: mean(both.map(({ front }) => Number(front > 0.5))),
    back: mean(both.map(({ back }) => Number(back < 0.5))),
    accuracy: mean(both.map(({ front, back }) => Number(front > back))),
    contradicted: mean(both.map(({ front, back }) => Number(front > 0.5 === back > 0.5))),
    favoursFirst: mean(wins) - 0.5,
  }
}

async function judgeOf(context: Context, recipe: JudgeRecipe): Promise<PositionResult> {
  const { scorer, release } = await openJudge(context, await trainJudge(context, recipe))
  const result = await measure(scorer, await goldenPairs(context, context.world.size.comparisons.heldOut))
  await release()
  return result
}

const gapOf = ({ front, back }: PositionResult): number => front - back

/** Position bias of generative pairwise judges (2504.04950): what showing both orders does, and what ζ adds. */
export const positionBias: Claim = {
  name: 'position-bias',
  title: 'Position bias: both orders, and the consistency loss',
  about: `Claimed (2504.04950): a generative pairwise judge likes a place; showing every pair in both orders, and a loss with weight ζ = 0.1
on answers that contradict each other, bring front and back accuracy together.

For that a liking must be able to arise. Here it comes from the data, as it does in life: simulated annotators favour what they
are shown first by half a point, and a judge that is shown pairs in one order only, the one in which they were compared, can
learn it from them. It sees each pair twice, so that all judges make as many steps on as many rows. Beside it stands one whose
annotators are fair. Front accuracy is that on pairs whose better response is shown first; a judge contradicts itself where it
decides by the place alone. Tested on pairs of other prompts, of which the golden reward says which is better.

    node bench/experiments/run.ts position-bias`,
  cells: ({ seeds, judge, comparisons, responseTokens }) =>
    Object.entries(arms).flatMap(([arm, recipe]) =>
      Array.from({ length: seeds.positionBias }, (_, seed) => ({
        settings: { arm, seed, recipe, judge, comparisons, responseTokens },
        run: (context: Context) => judgeOf(context, { ...recipe, seed }),
      })),
    ),
  report(results) {
    const found = byArm<PositionResult>(results)
    const rows = [...found].map(([arm, own]) => [
      arm,
      ...[
        over(own, ({ accuracy }) => accuracy),
        over(own, ({ front }) => front),
        over(own, ({ back }) => back),
        over(own, (each) => Math.abs(gapOf(each))),
        over(own, ({ contradicted }) => contradicted),
        over(own, ({ favoursFirst }) => favoursFirst),
      ].map((each) => interval(each)),
    ])
    const contrast = (one: string, other: string, of: (result: PositionResult) => number): string =>
      change(difference(found.get(one)!, found.get(other)!, of))
    const contrasts = [
      ['one order, biased annotators', 'one order, fair annotators'],
      ['both orders, ζ = 0', 'one order, biased annotators'],
      ['both orders, ζ = 0.1', 'both orders, ζ = 0'],
      ['both orders, ζ = 1', 'both orders, ζ = 0'],
    ].map(([one, other]) => [
      `${one} − ${other}`,
      contrast(one!, other!, (each) => Math.abs(gapOf(each))),
      contrast(one!, other!, ({ contradicted }) => contradicted),
      contrast(one!, other!, ({ accuracy }) => accuracy),
    ])
    const head = ['judge', 'accuracy', 'front', 'back', '\\|gap\\|', 'contradicts itself', 'p(first) − ½']
    const bars = [...found].map(([arm, own]) => ({ arm, interval: over(own, gapOf) }))
    const description = 'Front less back accuracy of each judge, mean over seeds with an interval of 95 %'
    return {
      tables: {
        judges: table(head, rows),
        contrasts: table(
          ['difference, seed by seed', '\\|gap\\|', 'contradicts itself', 'accuracy'],
          contrasts,
        ),
      },
      figures: {
        gap: { svg: armsChart(bars, { description, x: 'front − back accuracy' }), caption: description },
      },
    }
  },
}
