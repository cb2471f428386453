import { describe, expect, it } from 'vitest'
import { type BestOfNData, type BestOfNOptions, bestOfN } from '../algorithms/best-of-n'
import type { LoopPrompt, LoopResponse } from '../prompts/prompt'
import type { PairwiseScorer, PointwiseScorer } from '../rewards/scorers'
import type { RolloutSource } from '../rollouts/rollout'
import type { ChoosingScorer } from '../scorers/chooser'
import { rolloutOf } from '../testing/rollout-of'
import { normalised } from './testing/optimum'
import { allResponses, logProbsOf, tinyPolicy, tinyRollouts } from './testing/tiny-sequences'

/** What a response is worth is its text. */
const worth = ({ text }: LoopResponse): number => Number(text)

const pairwise: PairwiseScorer = {
  firstWins: async (pairs) =>
    pairs.map(({ first, second }) => (Math.sign(worth(first) - worth(second)) + 1) / 2),
}
const pointwise: PointwiseScorer = {
  scores: async (responses) => responses.map(({ response }) => worth(response)),
}
const perfect: readonly (readonly [string, ChoosingScorer])[] = [
  ['compares', { pairwise }],
  ['scores', { pointwise }],
]

/** Draws what it is told for each prompt, in this order. */
const given = (draws: readonly (readonly number[])[]): RolloutSource => ({
  isPolicy: false,
  draw: async ({ prompts }) =>
    prompts.flatMap((prompt) =>
      draws[Number(prompt.id)]!.map((value, sample) => rolloutOf(String(value), { prompt, sample })),
    ),
})

const promptsOf = (count: number, tokens: readonly number[] = [1]): LoopPrompt[] =>
  Array.from({ length: count }, (_, i) => ({ id: String(i), text: '', tokens }))

/** What the anchors of each prompt are worth, the best first. */
async function chosenBy(options: BestOfNOptions): Promise<number[][]> {
  let data: BestOfNData = { anchors: {}, prompts: {} }
  // bestOfN keeps such data.
  for await (const step of bestOfN(options)) data = (await step.state()).data as BestOfNData
  return options.prompts.map(({ id }) => data.anchors[id]!.map(worth))
}

/** F(y)^n − F(y−)^n: how probable y is as the best of n draws, where y is as probable as `p` says. */
function bestDistribution(p: readonly number[], n: number): number[] {
  const below = p.map((_, y) => p.slice(0, y).reduce((sum, each) => sum + each, 0))
  return p.map((own, y) => (below[y]! + own) ** n - below[y]! ** n)
}

const countsOf = (values: readonly number[], size: number): number[] =>
  Array.from({ length: size }, (_, y) => values.filter((value) => value === y).length)

describe.each(perfect)('the best of n by a perfect judge that %s', (_, scorer) => {
  it.each([1, 2, 3, 5])(
    'of %i is distributed as F^n − F(y−)^n, over all ways that they can be drawn',
    async (n) => {
      // Four equally probable letters, of which two are the same.
      const letters = [1, 0, 2, 0]
      const ways = Array.from({ length: 4 ** n }, (_, way) =>
        Array.from({ length: n }, (_, i) => letters[Math.floor(way / 4 ** i) % 4]!),
      )
      const best = await chosenBy({
        prompts: promptsOf(ways.length),
        rollouts: given(ways),
        scorer,
        n,
        promptsPerStep: 100,
      })
      const exact = bestDistribution([0.5, 0.25, 0.25], n).map((p) => p * ways.length)
      expect(countsOf(best.flat(), 3)).toEqual(exact)
    },
  )

  it.each([1, 2, 7, 8, 9, 15, 30, 50])('of %i beats another draw n times of n + 1', async (n) => {
    // Of n + 1 that differ each is the other draw once; 19 steps are a way round for each of these n.
    const draws = Array.from({ length: n + 1 }, (_, other) =>
      Array.from({ length: n + 1 }, (_, i) => (19 * (i + other)) % (n + 1)).filter(
        (value) => value !== other,
      ),
    )
    for (const values of draws) expect(new Set(values).size).toBe(n)
    const best = await chosenBy({ prompts: promptsOf(n + 1), rollouts: given(draws), scorer, n })
    expect(best.filter(([value], other) => value! > other)).toHaveLength(n)
  })
})

/** Bradley–Terry, and for the first place whatever is shown there. */
const doubtful: PairwiseScorer = {
  firstWins: async (pairs) =>
    pairs.map(({ first, second }) => 1 / (1 + Math.exp((worth(second) - worth(first)) / 4 - 1))),
}

it.each([9, 15, 30, 50])('a knock-out of %i comes to the winner of a final of all', async (n) => {
  const draws = Array.from({ length: n }, (_, shift) =>
    Array.from({ length: n }, (_, i) => (17 * i + shift * shift) % n),
  )
  for (const values of draws) expect(new Set(values).size).toBe(n)
  const options = { prompts: promptsOf(n), rollouts: given(draws), scorer: { pairwise: doubtful }, n }
  const [knockedOut, all] = [await chosenBy(options), await chosenBy({ ...options, perPrompt: n })]
  const descending = Array.from({ length: n }, (_, i) => n - 1 - i)
  for (const ranking of all) expect(ranking).toEqual(descending)
  expect(knockedOut).toEqual(all.map(([first]) => [first]))
})

it('of what a transformer draws is distributed so too', async () => {
  const policy = tinyPolicy()
  const [n, prompts] = [4, promptsOf(800)]
  const p = normalised(await logProbsOf(policy, prompts[0]!, allResponses(1)))
  const best = await chosenBy({
    ...{ prompts, rollouts: tinyRollouts(policy), scorer: { pairwise }, n, promptsPerStep: 200 },
    sampling: { maxNewTokens: 1 },
  })
  await policy.release()
  const counts = countsOf(best.flat(), p.length)
  for (const [y, expected] of bestDistribution(p, n).entries()) {
    // Four standard errors.
    const error = 4 * Math.sqrt(prompts.length * expected * (1 - expected))
    expect(Math.abs(counts[y]! - prompts.length * expected), `${y}`).toBeLessThan(error)
  }
})
