import { expect, test } from 'vitest'
import type { StepRecord } from '../../loop/step-record'
import { runReport } from './run-report'
import { runSummary } from './run-summary'
import { syntheticRun } from './testing/synthetic-run'

const idsOf = (html: string): string[] => [...html.matchAll(/<section id="([\w-]+)">/g)].map(([, id]) => id!)

test('a report has a section for each thing that the run has, and links to it', () => {
  const html = runReport(syntheticRun())
  expect(idsOf(html)).toEqual([
    ...['results', 'hacking', 'histograms', 'samples', 'stage-policy', 'stage-comparisons'],
    ...['stage-reward_model', 'stage-anchors', 'timings', 'environment'],
  ])
  for (const id of idsOf(html)) expect(html).toContain(`<a href="#${id}">`)
  expect(html).toContain('prefkit run config.json')
})

test('a report loads nothing, runs nothing, and shows texts as texts', () => {
  const html = runReport(syntheticRun())
  expect(html).not.toMatch(/<script|<link|<iframe|<img|src=|url\(|@import/)
  expect(html).toContain('&lt;script&gt;left&lt;/script&gt;')
  expect(
    html.match(/https?:\/\/[^"\s<]+/g)?.every((url) => url.startsWith('http://www.w3.org/')) ?? true,
  ).toBe(true)
})

test('equal runs have equal reports', () => {
  expect(runReport(syntheticRun())).toBe(runReport(syntheticRun()))
})

test('the summary says what was trained, how far it came, and at what cost', () => {
  const sentences = runSummary(syntheticRun())
  expect(sentences[0]).toBe(
    'stories260K.bin learned by ppo from winProbability, in 60 steps of 8 × 4 responses.',
  )
  expect(sentences[1]).toMatch(
    /^On 24 held-out prompts, the probability that its responses beat their anchors rose from 5\d\.\d\u00a0% to 7\d\.\d\u00a0% \(95 % interval of the change: \+\d+\.\d to \+\d+\.\d points\)\.$/,
  )
  expect(sentences[2]).toMatch(/^The golden reward, which nothing is learned from, rose from /)
  expect(sentences[3]).toBe('Its divergence from the reference is 4.80 nats a response at last.')
  expect(sentences[4]).toMatch(
    /^Reward model: 7\d\.\d\u00a0% of held-out comparisons decided as they are labelled, with a position gap of \d\.\d\u00a0% \(first less second\)\.$/,
  )
  expect(sentences[5]).toBe('Monitors saw nothing to worry about.')
})

test('the summary says how much of what a judge says can be read', () => {
  const run = syntheticRun()
  const judge = { stage: 'judge', path: 'runs/a/stages/judge', steps: 9, seconds: 1, parts: {} }
  const results = [...run.results, { ...judge, summary: { kind: 'judge', readable: 0.125 } }]
  expect(runSummary({ ...run, results })).toContain(
    'Judge: 12.5\u00a0% of its judgements could be read over its last steps.',
  )
  expect(runSummary(run).join()).not.toContain('judgements')
})

test('a golden reward that falls while the learned one rises is told of', () => {
  const [, , golden] = runSummary(syntheticRun({ turn: 0.2 }))
  expect(golden).toMatch(
    / fell from .* The learned reward rose meanwhile: it does not stand for the golden one/,
  )
})

test('alerts are told, critical ones first', () => {
  const alert = { stage: 'policy', step: 40, message: 'Responses are <twice> as long.' }
  const alerts = [
    { ...alert, monitor: 'length-drift', severity: 'warning' as const },
    { ...alert, monitor: 'reward-hacking', severity: 'critical' as const, step: 50 },
  ]
  const run = { ...syntheticRun(), alerts }
  expect(runSummary(run).at(-1)).toBe(
    'Monitors raised 2 alerts, 1 of them critical: length drift and reward hacking. They are told below.',
  )
  const html = runReport(run)
  expect(html.indexOf('Critical: reward hacking, step 50 of policy')).toBeLessThan(
    html.indexOf('Warning: length drift, step 40 of policy'),
  )
  expect(html).toContain('Responses are &lt;twice&gt; as long.')
})

test('a response without a reward is shown without one, and is none that rose or fell', () => {
  const run = syntheticRun()
  const unscored = { reward: null, rewards: { winProbability: null, golden: 1 } }
  const some = run.samples.map((row) => (row.promptId === 'p3' ? { ...row, ...unscored } : row))
  const html = runReport({ ...run, samples: some })
  expect(html).not.toContain('Prompt p3<')
  const none = run.samples.map((row) => ({ ...row, ...unscored }))
  const without = runReport({ ...run, samples: none })
  expect(without).toContain('no reward, no winProbability, golden 1.00')
  for (const page of [html, without]) expect(page).not.toMatch(/\bnull\b|NaN/)
})

test('numbers of the result say what they were measured on, each with its interval', () => {
  const html = runReport(syntheticRun())
  expect(html).toContain('Measured on 24 held-out prompts × 1 response with the same random numbers')
  expect(html).toMatch(
    /Win probability<\/th><td class="n">5\d\.\d\u00a0%<\/td><td class="n">\d\d\.\d\u00a0% to \d\d/,
  )
})

test('an accuracy says of how many comparisons it is', () => {
  const run = syntheticRun()
  const summary = { pairs: 460, heldOut: 52 }
  const results = run.results.map((each) => (each.stage === 'comparisons' ? { ...each, summary } : each))
  expect(runSummary({ ...run, results })[4]).toMatch(
    /^Reward model: 7\d\.\d\u00a0% of 52 held-out comparisons decided/,
  )
})

test('how far distilled scores agree with their reward model is no accuracy', () => {
  const run = syntheticRun()
  const distilled = { stage: 'distilled_scores', step: 1, loss: 0.7, eval_accuracy: 0.875 }
  const judged = { stage: 'judge', step: 1, 'eval_rewards/accuracies': 0.75 }
  const told = (records: object) => runSummary({ ...run, ...records }).filter((text) => text.includes('87.5'))
  expect(told({ records: [...run.records, distilled] })).toEqual([])
  const agreeing = { ...distilled, eval_agreement: 0.875 }
  expect(told({ records: [...run.records, agreeing] })).toEqual([
    'Distilled scores: 87.5\u00a0% of pairs of responses to held-out prompts and their anchors ordered as the reward model orders them.',
  ])
  expect(runSummary({ ...run, records: [judged] })).toContain(
    'Judge: 75.0\u00a0% of held-out comparisons decided as they are labelled.',
  )
})

test('where nothing is learned as a reward, none is told of, and the golden reward stands alone', () => {
  const run = syntheticRun({ settings: { policy: { algorithm: 'preferences', rewards: undefined } } })
  const records = run.records.map(({ reward: _, eval_reward: __, ...record }) => record as StepRecord)
  const samples = run.samples.map((row) => ({ ...row, reward: null }))
  const html = runReport({ ...run, records, samples })
  expect(html).toContain('What did the golden reward cost?')
  expect(html).not.toContain('learned reward')
  expect(html).not.toMatch(/<th[^>]*>Reward<|no reward/)
  expect(html).toContain('winProbability 0.')
})

test('a run that was killed has a report of what there is', () => {
  const run = syntheticRun({ isFinished: false })
  expect(runSummary(run)[0]).toBe('The run is not finished: policy is at step 30.')
  expect(idsOf(runReport(run))).toContain('stage-policy')
})

test('a run without a policy, and one that has only begun, have reports', () => {
  const run = syntheticRun()
  const isEarly = ({ stage }: { readonly stage: string }) =>
    stage === 'comparisons' || stage === 'reward_model'
  const { policy: _, anchors: __, ...settings } = run.settings
  const early = {
    ...run,
    settings,
    ...{ records: run.records.filter(isEarly), results: run.results.filter(isEarly), samples: [] },
    timings: run.timings.filter(isEarly),
  }
  expect(idsOf(runReport(early))).toEqual([
    'stage-comparisons',
    'stage-reward_model',
    'timings',
    'environment',
  ])
  expect(runSummary(early)[0]).toBe('The model is stories260K.bin. Stages: Comparisons and Reward model.')
  const begun = { ...run, records: [], results: [], timings: [], samples: [] }
  expect(idsOf(runReport(begun))).toEqual(['environment'])
})

test('nothing is said to have risen most where no reward rose, or where there is one prompt', () => {
  const run = syntheticRun()
  const whyOf = (samples: typeof run.samples): string[] =>
    [...runReport({ ...run, samples }).matchAll(/held out( · [^<]*)?<\/p>/g)].map(([, why = '']) => why)
  const same = run.samples.map((row) => ({ ...row, reward: 0.5 }))
  expect(new Set(whyOf(same))).toEqual(new Set([' · its reward is unchanged']))
  const one = run.samples.filter(({ promptId }) => promptId === 'p3')
  expect(whyOf(one)).toEqual([''])
  const timeOf = ({ stage, step }: (typeof one)[number]) => (stage === 'policy' ? step : 100 * (step - 1))
  const falling = run.samples.map((row, i) => ({
    ...row,
    reward: -timeOf(row) * (1 + (i % 3)),
  }))
  expect(whyOf(falling)).toContain(' · its reward fell least')
  expect(whyOf(falling)).not.toContain(' · its reward rose most')
  expect(whyOf(run.samples)).toContain(' · its reward rose most')
})
