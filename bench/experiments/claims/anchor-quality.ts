import type { Claim } from '../lib/context.ts'
import { dotsChart } from '../lib/dots-chart.ts'
import { change, interval, table } from '../lib/markdown.ts'
import { policyCell } from '../lib/policies.ts'
import type { PolicyOutcome } from '../lib/policy-run.ts'
import { byArm, difference, over } from '../lib/summary.ts'

/** How good anchors have to be (2504.04950): best of 30, worse beyond 40. */
export const anchorQuality: Claim = {
  name: 'anchor-quality',
  title: 'Anchor quality: the best of n',
  about: `Claimed (2504.04950): the better the anchors, the better the policy, up to the best of 30; beyond 40 it gets worse, as the reward
model is not to be relied on there.

Policies learn by pairwise PPO with the anchor before their critic. Anchors of all n are chosen among the same draws by the
judge of the seed, and everything else is equal. The win rate is that of golden rewards against responses of the model before
it learnt, which are the same for all: against anchors of its own each policy would have another opponent.

    node bench/experiments/run.ts anchor-quality`,
  cells: (size) =>
    size.anchors.n.flatMap((n) =>
      Array.from({ length: size.seeds.anchorQuality }, (_, seed) =>
        policyCell(size, { learner: 'value with anchor', seed, n }),
      ),
    ),
  report(results, { anchors: { n: counts, standard } }) {
    const found = byArm<PolicyOutcome>(results, ({ n }) => String(n))
    const own = (n: number) => found.get(String(n))!
    const rows = counts.map((n) => [
      String(n),
      interval(over(own(n), ({ goldenWinRate }) => goldenWinRate)),
      interval(over(own(n), ({ golden }) => golden)),
      interval(
        over(own(n), ({ kl }) => kl),
        1,
      ),
      interval(over(own(n), ({ curve }) => curve[0]!.reward)),
      n === standard ? '' : change(difference(own(n), own(standard), ({ goldenWinRate }) => goldenWinRate)),
    ])
    const head = [
      'n',
      'golden win rate',
      'golden reward',
      'KL',
      'reward at the start',
      `win rate less that of ${standard}`,
    ]
    const dots = counts.map((n) => ({
      ...{ x: n, series: 'win rate', interval: over(own(n), ({ goldenWinRate }) => goldenWinRate) },
    }))
    const caption =
      'Golden win rate of policies against fixed responses of the model that they began as, by the n of their anchors'
    const axes = { description: caption, x: 'responses that the anchor is the best of', y: 'golden win rate' }
    return {
      tables: { policies: table(head, rows) },
      figures: { 'win-rate': { svg: dotsChart(dots, axes), caption } },
    }
  },
}
