import { annotators } from '../lib/comparisons.ts'
import type { Cell, Claim } from '../lib/context.ts'
import { dotsChart } from '../lib/dots-chart.ts'
import { change, interval, table } from '../lib/markdown.ts'
import {
  bradleyTerryOutcome,
  type Grading,
  type ParOutcome,
  type RewardOutcome,
  trainParJudge,
} from '../lib/par-judge.ts'
import type { Size } from '../lib/sizes.ts'
import { type BySeed, byArm, difference, over } from '../lib/summary.ts'

const gradings: readonly Grading[] = ['graded', 'constant']

const armOf = (model: string, noise: unknown): string => `${model}, ${100 * Number(noise)} %`

const seedsOf = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed)

const shared = ({ par, judge, comparisons, responseTokens }: Size) => {
  const { noise: _, ...own } = par
  return { par: own, judge, comparisons, responseTokens, annotators }
}

const parCell = (size: Size, f: Grading, noise: number, seed: number): Cell => ({
  settings: { arm: f, noise, seed, ...shared(size) },
  run: (context) => trainParJudge(context, { f, noise, seed }),
})

const bradleyTerryCell = (size: Size, noise: number, seed: number): Cell => ({
  settings: { arm: 'Bradley–Terry', noise, seed, ...shared(size) },
  run: (context) => bradleyTerryOutcome(context, { noise, seed }),
})

/** Parts of a training of which means are told. */
const parts = 6

/** Means of a curve over equal parts of its steps. */
const inParts = ({ curve }: ParOutcome): { readonly step: number; readonly margin: number }[] => {
  const length = Math.ceil(curve.length / parts)
  return Array.from({ length: Math.ceil(curve.length / length) }, (_, part) => {
    const own = curve.slice(part * length, (part + 1) * length)
    const told = own.filter(({ margin }) => margin !== null && Number.isFinite(margin))
    return {
      step: own.at(-1)!.step,
      margin: told.reduce((sum, { margin }) => sum + margin, 0) / told.length,
    }
  })
}

/** Preference-aware rewards (2510.24235): graded against constant f, and what noise does. */
export const preferenceAwareRewards: Claim = {
  name: 'preference-aware-rewards',
  title: 'Preference-aware rewards: graded or constant, and noisy labels',
  about: `Claimed (2510.24235): a graded f keeps the margin between chosen and rejected responses, which decays under a constant one; and
a judge that learns so survives labels that are wrong up to half of the time, where Bradley–Terry models collapse.

The judge writes a score from 1 to 9. It is taught the form with scores that have nothing to do with the responses, so that
whatever it prefers comes from comparisons; then it learns by GRPO on R = PAR + format. The constant f is the graded one
without its upper grade. Each comparison is seen once at most, so margins while it learns are of what it has not seen. The
Bradley–Terry model has as many comparisons, with the same ones turned round, beyond what the annotators already get wrong. At
50 % labels say nothing, and any accuracy other than a half is of the model's own.

    node bench/experiments/run.ts preference-aware-rewards`,
  cells: (size) => [
    ...gradings.flatMap((f) => seedsOf(size.seeds.parMargin).map((seed) => parCell(size, f, 0, seed))),
    ...size.par.noise.flatMap((noise) =>
      seedsOf(size.seeds.parNoise).flatMap((seed) => [
        ...(noise === 0 ? [] : [parCell(size, 'graded', noise, seed)]),
        bradleyTerryCell(size, noise, seed),
      ]),
    ),
  ],
  report(results, { par: { noise: rates } }) {
    const found = byArm<ParOutcome>(results, ({ arm, noise }) => armOf(String(arm), noise))
    const own = (model: string, noise: number): BySeed<ParOutcome> => found.get(armOf(model, noise))!
    const curveOf = (f: Grading) => {
      const bySeed = own(f, 0)
      const places = inParts([...bySeed.values()][0]!)
      return places.map(({ step }, part) => ({
        ...{ x: step, series: f, interval: over(bySeed, (each) => inParts(each)[part]!.margin) },
      }))
    }
    const curves = gradings.map(curveOf)
    const margins = gradings.map((f, i) => [f, ...curves[i]!.map((dot) => interval(dot.interval, 2))])
    const last = (each: ParOutcome): number => inParts(each).at(-1)!.margin
    const [graded, constant] = [own('graded', 0), own('constant', 0)]
    const gradedLess = [
      ['margin in the last part', change(difference(graded, constant, last), 2)],
      [
        'held-out margin',
        change(
          difference(graded, constant, ({ margin }) => margin),
          2,
        ),
      ],
      ['held-out accuracy', change(difference(graded, constant, ({ accuracy }) => accuracy))],
    ]
    const accuracy = ({ accuracy: own }: RewardOutcome): number => own
    const noisy = rates.map((rate) => [
      `${100 * rate} %`,
      interval(over(own('graded', rate), accuracy)),
      interval(over(own('Bradley–Terry', rate), accuracy)),
      change(difference(own('graded', rate), own('Bradley–Terry', rate), accuracy)),
    ])
    const ofNoise = ['graded', 'Bradley–Terry'].flatMap((model) =>
      rates.map((rate) => ({
        ...{ x: 100 * rate, series: model === 'graded' ? 'PAR' : model },
        interval: over(own(model, rate), accuracy),
      })),
    )
    const steps = curves[0]!.map(({ x }) => String(x))
    const captions = {
      margin:
        'Mean score of the chosen response less that of the rejected one, on comparisons that the judge has not seen, over training',
      noise: 'Accuracy on held-out pairs against the golden reward, by the share of labels that were flipped',
    }
    const marginAxes = { description: captions.margin, x: 'step', y: 'margin' }
    const noiseAxes = { description: captions.noise, x: 'labels flipped, %', y: 'accuracy' }
    return {
      tables: {
        margins: table(['f', ...steps.map((step) => `to step ${step}`)], margins),
        'graded-less-constant': table(['graded − constant', ''], gradedLess),
        noise: table(
          ['labels flipped', 'PAR, accuracy', 'Bradley–Terry, accuracy', 'PAR − Bradley–Terry'],
          noisy,
        ),
      },
      figures: {
        margin: { svg: dotsChart(curves.flat(), marginAxes), caption: captions.margin },
        noise: { svg: dotsChart(ofNoise, noiseAxes), caption: captions.noise },
      },
    }
  },
}
