import { completionDatum } from '@prefkit/lm'
import { describe, expect, it } from 'vitest'
import { nashMd } from '../algorithms/nash-md'
import type { LoopPrompt } from '../prompts/prompt'
import type { RewardFunction } from '../rewards/reward-function'
import { banditPolicy } from './testing/bandit-policy'
import { normalised, totalVariation } from './testing/optimum'

const logits = [[0.8, 0, -0.8]]
const prompts: LoopPrompt[] = [{ id: '0', text: '0', tokens: [0] }]
const reference = normalised(logits[0]!)
const beta = 0.2

/** How probably an arm, a row, beats another, a column. */
const games = {
  'a game of arms that are worth something': [0, 0.8, 1.6].map((own) =>
    [0, 0.8, 1.6].map((other) => 1 / (1 + Math.exp(other - own))),
  ),
  // What is best against one arm is worst against another: no reward says so.
  'a game in which each arm beats the next': [
    [0.5, 0.9, 0.1],
    [0.1, 0.5, 0.9],
    [0.9, 0.1, 0.5],
  ],
} as const

/** The game as a judge tells it: of two arms that are drawn, how probably each is the better one. */
const rewardOf = (game: readonly (readonly number[])[]): RewardFunction => ({
  name: 'wins',
  score: async (rollouts) => ({
    scores: rollouts.map(({ tokens }, i) => {
      const other = rollouts[i % 2 === 0 ? i + 1 : i - 1]!.tokens
      return game[tokens[0]!]![other[0]!]!
    }),
  }),
})

/** The π that is in proportion to π_ref e^(p/β), with p how probably an arm beats one of π^(1−w)·π_ref^w: where the update is 0. */
function equilibrium(game: readonly (readonly number[])[], mixture: number): number[] {
  let policy = reference
  for (let i = 0; i < 2000; i++) {
    const opponent = normalised(
      policy.map((p, arm) => (1 - mixture) * Math.log(p) + mixture * Math.log(reference[arm]!)),
    )
    const wins = game.map((row) => row.reduce((sum, p, other) => sum + p * opponent[other]!, 0))
    const best = normalised(reference.map((p, arm) => Math.log(p) + wins[arm]! / beta))
    policy = policy.map((p, arm) => 0.9 * p + 0.1 * best[arm]!)
  }
  return policy
}

const cases = Object.keys(games).flatMap((name) =>
  [0.25, 0.75].map((mixture) => [name as keyof typeof games, mixture] as const),
)

describe('Nash-MD', () => {
  it.each(cases)('finds what a mixture does not beat, in %s: %d of the reference', async (name, mixture) => {
    const [game, steps] = [games[name], 150]
    const policy = banditPolicy(logits)
    const learning = nashMd({
      ...{ policy, prompts, mixture, rewards: [rewardOf(game)], rewardsAre: 'probabilities', loss: { beta } },
      ...{ steps, promptsPerStep: 256, learningRate: (step) => 0.2 * (1 - step / steps) },
    })
    for await (const _ of learning);
    const arms = logits[0]!.map((_, arm) => completionDatum([0], [arm]))
    const learnt = (await policy.forward(arms)).map(({ logProbs }) => Math.exp(logProbs[0]!))
    const best = equilibrium(game, mixture)
    expect(totalVariation(reference, best)).toBeGreaterThan(0.05)
    // What 256 responses leave of the error of sampling, as the step size goes to 0.
    expect(totalVariation(learnt, best)).toBeLessThan(0.015)
  })

  it('comes to something else with another mixture, where no arm is simply worth more', () => {
    const game = games['a game in which each arm beats the next']
    // More than twice what a policy that was learnt may be off.
    expect(totalVariation(equilibrium(game, 0.25), equilibrium(game, 0.75))).toBeGreaterThan(0.03)
  })
})
