import type { MeanInterval } from '@prefkit/evals'
import { meanInterval } from '@prefkit/evals'
import type { Claim } from '../lib/context.ts'
import { dotsChart } from '../lib/dots-chart.ts'
import { change, interval, table } from '../lib/markdown.ts'
import { type Learner, learners, policyCell } from '../lib/policies.ts'
import type { CurvePoint, PolicyOutcome } from '../lib/policy-run.ts'
import { type BySeed, byArm, difference, over, valueAt } from '../lib/summary.ts'

/** Nats a response at which curves are compared. */
const grid = [1, 2, 3, 4, 5, 6, 8, 10, 12]

const goldenAt = (curve: readonly CurvePoint[], kl: number): number =>
  valueAt(
    curve.map((point) => ({ x: point.kl, y: point.golden })),
    kl,
  )

/** Over the seeds whose policies have come so far; nothing where one has not, as those that did are no random choice. */
function overSeeds(of: BySeed<PolicyOutcome>, kl: number): MeanInterval | undefined {
  const values = [...of.values()].map(({ curve }) => goldenAt(curve, kl))
  return values.every(Number.isFinite) ? meanInterval(values) : undefined
}

/** The parts of the grid to which every policy of two arms has come. */
const commonGrid = (arms: readonly BySeed<PolicyOutcome>[]): number[] =>
  grid.filter((kl) => arms.every((arm) => overSeeds(arm, kl) !== undefined))

const lostOf = ({ informationLost }: PolicyOutcome): number => informationLost!

const baseline: Learner = 'value with anchor'

function contrastsOf(found: ReadonlyMap<string, BySeed<PolicyOutcome>>): string {
  const one = found.get(baseline)!
  const others = learners.filter((learner) => learner !== baseline)
  const rows = others.map((learner) => {
    const other = found.get(learner)!
    const shared = commonGrid([one, other])
    // The mean over the shared part of the grid: one number a seed, so that many places are not many tests.
    const atEqualKl = ({ curve }: PolicyOutcome): number =>
      shared.reduce((sum, kl) => sum + goldenAt(curve, kl), 0) / shared.length
    return [
      `${baseline} − ${learner}`,
      shared.length === 0 ? '–' : `${shared[0]} to ${shared.at(-1)}`,
      shared.length === 0 ? '–' : change(difference(one, other, atEqualKl)),
      change(difference(one, other, ({ golden }) => golden)),
      change(difference(one, other, ({ goldenWinRate }) => goldenWinRate)),
    ]
  })
  const head = [
    'difference, seed by seed',
    'KL',
    'golden at equal KL',
    'golden at the end',
    'win rate at the end',
  ]
  return table(head, rows)
}

/** Value with ground truth, without it, and conventional PPO (2504.04950), under identical budgets. */
export const valueModels: Claim = {
  name: 'value-models',
  title: 'What the critic sees, and what the policy is rewarded with',
  about: `Claimed (2504.04950): a critic that reads the anchor (Value w/ GT) is better than one that cannot and learns from distilled
scores (Value w/o GT), and both are better than PPO on Bradley–Terry rewards.

Four policies under identical budgets: the win probability with the anchor before the critic; the same, the critic reading the
prompt and learning from scores distilled from the judge; the same, the critic reading the prompt and learning from the win
probability; and the score of a Bradley–Terry model of the same comparisons. Heads of values begin at zero. The weight of the KL
is the same, which holds back a policy less the larger its rewards are: hence the comparison where policies have come equally
far. A place on the curve counts where every seed has come to it.

    node bench/experiments/run.ts value-models`,
  cells: (size) =>
    learners.flatMap((learner) =>
      Array.from({ length: size.seeds.valueModels }, (_, seed) =>
        policyCell(size, { learner, seed, n: size.anchors.standard }),
      ),
    ),
  report(results) {
    const found = byArm<PolicyOutcome>(results)
    const ends = [...found].map(([arm, own]) => [
      arm,
      interval(over(own, ({ golden }) => golden)),
      interval(over(own, ({ goldenWinRate }) => goldenWinRate)),
      interval(
        over(own, ({ kl }) => kl),
        1,
      ),
      interval(
        over(own, ({ curve }) => curve.at(-1)!.explainedVariance),
        2,
      ),
    ])
    const places = grid.filter((kl) => [...found.values()].some((own) => overSeeds(own, kl)))
    const curves = [...found].map(([arm, own]) => [
      arm,
      ...places.map((kl) => {
        const at = overSeeds(own, kl)
        return at ? interval(at, 2) : '–'
      }),
    ])
    const dots = [...found].flatMap(([series, own]) =>
      grid.flatMap((x) => {
        const at = overSeeds(own, x)
        return at ? [{ x, series, interval: at }] : []
      }),
    )
    const caption = 'Golden reward of policies where they have come so far from the model that they began as'
    const axes = { description: caption, x: 'KL, nats a response', y: 'golden reward' }
    return {
      tables: {
        ends: table(['policy', 'golden reward', 'golden win rate', 'KL', 'explained variance'], ends),
        curves: table(['golden reward at a KL of', ...places.map(String)], curves),
        contrasts: contrastsOf(found),
        distillation: table(
          ['distilled scores', ''],
          [['information lost, nats a pair', interval(over(found.get('value distilled')!, lostOf))]],
        ),
      },
      figures: { ...(dots.length > 0 && { curves: { svg: dotsChart(dots, axes), caption } }) },
    }
  },
}
