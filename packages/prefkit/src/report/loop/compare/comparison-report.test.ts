import { meanInterval } from '@prefkit/evals'
import { expect, test } from 'vitest'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run'
import { ablationPlots } from './ablation-plots'
import { comparisonReport } from './comparison-report'
import { finalNumbers } from './final-numbers'
import { groupCurvesFigure } from './group-curves'
import { groupRuns } from './run-groups'
import { seedMean } from './seed-interval'

const seeds = [0, 1, 2]

/** A run of each of these for each seed. */
const runsOf = (variants: readonly SyntheticOptions[]) =>
  variants.flatMap((options, i) =>
    seeds.map((seed) => syntheticRun({ steps: 20, ...options, seed, name: `v${i}-${seed}` })),
  )

const applying = (variants: readonly SyntheticOptions[]): string[] =>
  ablationPlots.filter(({ applies }) => applies(runsOf(variants))).map(({ id }) => id)

const setting = (section: string, values: object): SyntheticOptions => ({ settings: { [section]: values } })

test('runs are grouped by their settings but the seed and how they are watched', () => {
  const runs = [
    ...runsOf([setting('anchors', { n: 5 }), setting('anchors', { n: 30 })]),
    syntheticRun({ steps: 20, settings: { anchors: { n: 5 }, loggers: { tensorboard: true } } }),
  ]
  expect(groupRuns(runs).map(({ label, runs: own }) => [label, own.length])).toEqual([
    ['n 5', 4],
    ['n 30', 3],
  ])
  expect(groupRuns(runs, 'anchors.n').map(({ label }) => label)).toEqual([''])
})

test('a label has as few settings as tell groups apart', () => {
  const runs = runsOf([
    { settings: { policy: { algorithm: 'ppo', value: 'anchor' } } },
    { settings: { policy: { algorithm: 'ppo', value: 'prompt' } } },
    { settings: { policy: { algorithm: 'grpo', value: 'none', clipEpsilon: 0.3 } } },
  ])
  const labels = groupRuns(runs).map(({ label }) => label)
  expect(labels).toEqual([
    'algorithm ppo, value anchor',
    'algorithm ppo, value prompt',
    'algorithm grpo, value none',
  ])
})

test('plots are drawn of runs that they fit', () => {
  expect(applying([setting('anchors', { n: 1 }), setting('anchors', { n: 30 })])).toEqual([
    'anchors',
    'frontier',
  ])
  const zetas = [0, 0.1].map((consistencyWeight) => setting('rewardModel', { consistencyWeight }))
  expect(applying(zetas)).toEqual(['position', 'frontier'])
  expect(applying([0, 0.2].map((flip) => setting('comparisons', { flip })))).toEqual(['frontier', 'noise'])
  expect(applying([{}])).toEqual([])
})

test('margins are compared of judges that are rewarded differently for distances', () => {
  const judges = [undefined, '1.3'].flatMap((f) =>
    seeds.map((seed) => {
      const run = syntheticRun({ seed, steps: 20, settings: { judge: { rollouts: 4, ...(f && { f }) } } })
      const records = Array.from({ length: 20 }, (_, i) => ({
        ...{ stage: 'judge', step: i + 1, 'rewards/margins': i * (f ? 0.05 : 0.1) + 0.01 * seed },
      }))
      return { ...run, records, samples: [] }
    }),
  )
  const fitting = ablationPlots.filter(({ applies }) => applies(judges))
  expect(fitting.map(({ id }) => id)).toEqual(['margins'])
  expect(fitting[0]!.figure(judges)).toContain('f 1.3')
})

test('numbers of groups are means over seeds, with Student’s interval', () => {
  const runs = runsOf([setting('rewardModel', { consistencyWeight: 0 })])
  const values = runs.map((run) => finalNumbers.front.of(run)!)
  expect(values.every((value) => value > 0.6 && value < 0.9)).toBe(true)
  const { mean, low, high } = meanInterval(values)
  expect(seedMean([...values, undefined])).toEqual({ mean, low, high, count: 3 })
  expect(seedMean([0.5])).toEqual({ mean: 0.5, low: 0.5, high: 0.5, count: 1 })
  expect(seedMean([undefined])).toBeUndefined()
})

test('the golden win rate counts the prompts whose response got better', () => {
  const run = syntheticRun({ steps: 20 })
  const golden = (promptId: string, after: number) => {
    const worse = Number(promptId.slice(1)) < 6
    return after === 1 ? 1 : worse ? 0 : Number(promptId.slice(1)) < 12 ? 1 : 2
  }
  const samples = run.samples.map((row) => {
    const first = row.stage === 'evaluation' && row.step === 1
    return { ...row, rewards: { golden: golden(row.promptId, first ? 1 : 2) } }
  })
  // 6 fell, 6 stayed, 12 rose.
  expect(finalNumbers.goldenWins.of({ ...run, samples })).toBe((12 + 3) / 24)
})

test('a comparison says how many runs there are, what differs, and which did best', () => {
  const runs = runsOf([
    { ...setting('anchors', { n: 1 }), gain: 0.3 },
    { ...setting('anchors', { n: 30 }), gain: 3 },
  ])
  const html = comparisonReport(runs, { commands: ['prefkit report runs/*'] })
  expect(html).toContain('6 runs in 2 groups of equal settings. They differ in 1 setting: anchors.n.')
  expect(html).toMatch(
    /Golden reward is highest with n 30 \([\d.]+ ± [\d.]+\), before n 1 \(.*\); their intervals do not overlap\./,
  )
  expect(html).toContain('Anchors: the best of n')
  expect(html).toContain('prefkit report runs/*')
  expect(html).not.toMatch(/<script|<link|<img|src=/)
})

test('runs that differ in their seeds alone, or have hardly begun, can be compared', () => {
  const html = comparisonReport(runsOf([{}]), { commands: [] })
  expect(html).toContain('3 runs in 1 group of equal settings. They differ in nothing but their seeds.')
  const begun = runsOf([{}, setting('anchors', { n: 1 })]).map((run) => ({
    ...run,
    ...{ records: [], samples: [], timings: [], results: [] },
  }))
  expect(comparisonReport(begun, { commands: [] })).toContain('Where do they differ?')
})

test('runs of the same settings and seed count once, and what is not finished is in no mean', () => {
  const runs = runsOf([setting('anchors', { n: 1 }), setting('anchors', { n: 30 })])
  const page = (of: typeof runs) => comparisonReport(of, { commands: [] })
  const results = (html: string) => /<section id="results">.*?<\/section>/s.exec(html)![0]
  const copy = { ...runs[0]!, name: 'copy', settings: { ...runs[0]!.settings, samplesEverySteps: 7 } }
  const killed = syntheticRun({
    ...{ steps: 20, seed: 9, name: 'killed', isFinished: false, settings: { anchors: { n: 30 } } },
  })
  const html = page([...runs, copy, killed])
  expect(results(html)).toBe(results(page(runs)))
  expect(html).toContain('6 runs in 2 groups of equal settings.')
  expect(html).toContain('Of the same settings and seed as another, which counts once: copy (as v0-0).')
  expect(html).toContain('Not finished, and in no mean: killed (policy).')
  expect(html).toContain('0, 1, 2, 9')
})

test('runs on different backends are different groups, though each was to choose for itself', () => {
  const runs = runsOf([{}]).map((run, i) => ({
    ...run,
    facts: { ...run.facts, backend: i === 0 ? 'webgpu' : 'native' },
  }))
  expect(groupRuns(runs).map(({ label, runs: own }) => [label, own.length])).toEqual([
    ['ran on webgpu', 1],
    ['ran on native', 2],
  ])
  expect(comparisonReport(runs, { commands: [] })).toContain('They differ in 1 setting: ran on.')
})

test('curves and numbers are of the stage that they are meant of, whatever others log under the same name', () => {
  const runs = runsOf([setting('anchors', { n: 1 }), setting('anchors', { n: 30 })])
  const lengths = (stage: string) => ({
    ...{ title: 'Length', label: 'tokens', stage, caption: '' },
    names: () => ['completions/mean_length'],
  })
  const drawing = [1, 2, 3].map((step) => ({
    ...{ stage: 'comparisons', step, 'completions/mean_length': 7 },
  }))
  const distilled = { stage: 'distilled_scores', step: 1, eval_accuracy: 1, 'eval_accuracy/gap': 1 }
  const judged = { stage: 'judge', step: 1, 'eval_rewards/accuracies': 0.625 }
  const others = runs.map((run) => ({ ...run, records: [...drawing, ...run.records, distilled, judged] }))
  const figure = (of: typeof runs, stage = 'policy') => groupCurvesFigure(groupRuns(of), lengths(stage))
  expect(figure(others)).toBe(figure(runs))
  expect(figure(others, 'comparisons')).not.toBe(figure(runs))
  for (const number of [finalNumbers.accuracy, finalNumbers.gap])
    expect(others.map(number.of)).toEqual(runs.map(number.of))
  expect(others.map(finalNumbers.judgeAccuracy.of)).toEqual(runs.map(() => 0.625))
})
