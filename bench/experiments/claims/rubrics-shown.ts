import { wilsonInterval } from '@prefkit/evals'
import { annotators } from '../lib/comparisons.ts'
import type { Cell, Claim } from '../lib/context.ts'
import { dotsChart } from '../lib/dots-chart.ts'
import { change, interval, table } from '../lib/markdown.ts'
import { type RealOutcome, realJudge } from '../lib/real-judge.ts'
import { type RubricArm, rubricArms } from '../lib/rubric-arms.ts'
import { type SimulatedOutcome, simulatedJudge } from '../lib/simulated-judge.ts'
import type { Size } from '../lib/sizes.ts'
import { byArm, difference, over } from '../lib/summary.ts'

/** How often a criterion that is generated is about what this prompt wants. */
const qualities = [0, 0.25, 0.5, 0.75, 1]

const simulatedArms = rubricArms.filter((arm) => arm !== 'none')

const simulatedCells = ({ rubrics, comparisons, responseTokens, seeds }: Size): Cell[] =>
  simulatedArms.flatMap((arm) =>
    qualities.flatMap((quality) =>
      Array.from({ length: seeds.rubrics }, (_, seed) => ({
        settings: {
          ...{ arm, quality, seed, kind: 'simulated', pairs: rubrics.simulatedPairs },
          ...{ comparisons, responseTokens, annotators },
        },
        run: (context) => simulatedJudge(context, { arm, quality, seed }),
      })),
    ),
  )

const realCells = ({ rubrics, comparisons, responseTokens }: Size, judge: string): Cell[] =>
  rubricArms.map((arm) => ({
    settings: { arm, seed: 0, kind: 'real', judge, pairs: rubrics.realPairs, comparisons, responseTokens },
    run: (context) => realJudge(context, arm),
  }))

const armOf = (arm: RubricArm, quality: number): string => `${arm}, ${quality}`

/** Rubrics of the task, of the instance, or both (2510.24235). */
export const rubricsShown: Claim = {
  name: 'rubrics-shown',
  title: 'Rubrics: the primary one, generated ones, or both',
  about: `Claimed (2510.24235): the primary rubric of a task and generated ones of the instance are best together; generated ones alone
do well on hard chats and lose as training goes on.

The judge of the first table and the figure is simulated: what people want of a response is warmth, and beside it something
that differs from prompt to prompt; the judge sees what the rubrics that it is shown name, each with an error of its own, and
weighs them alike. A generated criterion is, with the probability that is told, what the prompt wants, and else something that
nobody wants. So it says nothing of language models; it says when the claim can hold. The other table is of a real model that is
asked about pairs that differ most, its generated criteria its own.

    node bench/experiments/run.ts rubrics-shown --judge SmolLM2-135M-Instruct`,
  cells: (size, { judge }) => [
    ...simulatedCells(size),
    ...(judge === undefined ? [] : realCells(size, judge)),
  ],
  report(results) {
    const simulated = results.filter(({ settings }) => settings.kind === 'simulated')
    const found = byArm<SimulatedOutcome>(simulated, ({ arm, quality }) => `${arm}, ${quality}`)
    const own = (arm: RubricArm, quality: number) => found.get(armOf(arm, quality))!
    const accuracy = ({ accuracy: each }: SimulatedOutcome): number => each
    const rows = qualities.map((quality) => [
      String(quality),
      ...simulatedArms.map((arm) => interval(over(own(arm, quality), accuracy))),
      change(difference(own('both', quality), own('primary only', quality), accuracy)),
      change(difference(own('both', quality), own('generated only', quality), accuracy)),
    ])
    const dots = simulatedArms.flatMap((arm) =>
      qualities.map((quality) => ({
        ...{ x: quality, series: arm, interval: over(own(arm, quality), accuracy) },
      })),
    )
    const caption =
      'Accuracy of the simulated judge by how good generated criteria are, for each set of rubrics'
    const axes = { description: caption, x: 'share of generated criteria that fit the prompt', y: 'accuracy' }
    const real = results.filter(({ settings }) => settings.kind === 'real')
    const realRows = real.map(({ settings, value }) => {
      // What `realJudge` gives.
      const { right, pairs, front, back, criteria } = value as RealOutcome
      const { low, high } = wilsonInterval(Math.round(right), pairs)
      return [
        ...[String(settings.judge), String(settings.arm)],
        interval({ mean: right / pairs, low, high, count: pairs, confidence: 0.95 }),
        (front / pairs).toFixed(3),
        (back / pairs).toFixed(3),
        criteria === undefined ? '' : criteria.toFixed(2),
      ]
    })
    const realHead = ['judge', 'rubrics shown', 'accuracy', 'front', 'back', 'criteria a prompt']
    return {
      tables: {
        simulated: table(['fit', ...simulatedArms, 'both − primary only', 'both − generated only'], rows),
        ...(real.length > 0 && { real: table(realHead, realRows) }),
      },
      figures: { simulated: { svg: dotsChart(dots, axes), caption } },
    }
  },
}
