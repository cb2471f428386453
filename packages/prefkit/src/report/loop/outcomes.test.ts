import { meanInterval } from '@prefkit/evals'
import { expect, test } from 'vitest'
import { evaluationsOf } from './evaluations'
import { courseOf, outcomesOf, partsOf } from './outcomes'
import { syntheticRun } from './testing/synthetic-run'

test('evaluations are before training, while the policy learns, and after it only where its last step was not evaluated', () => {
  const run = syntheticRun({ steps: 25 })
  const labels = () => evaluationsOf(run).map(({ label, samples }) => [label, samples.length])
  expect(labels()).toEqual([
    ['before training', 24],
    ['step 10', 24],
    ['step 20', 24],
    ['step 25', 24],
  ])
  const unevaluated = { ...run, records: run.records.filter(({ stage }) => stage !== 'policy') }
  expect(evaluationsOf(unevaluated).map(({ label }) => label)).toEqual(['before training', 'before training'])
  const killed = syntheticRun({ isFinished: false })
  expect(evaluationsOf(killed).map(({ label }) => label)).toEqual(['step 10', 'step 20', 'step 30'])
})

test('a course is told of the same prompts, with the interval of their changes', () => {
  const run = syntheticRun()
  const { win } = outcomesOf(run.settings)
  const rewards = (stage: string, step: number) =>
    run.samples
      .filter((row) => row.stage === stage && row.step === step)
      .map((row) => row.rewards.winProbability!)
  const [before, after] = [rewards('evaluation', 1), rewards('policy', 60)]
  const course = courseOf(run, win)!
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  // Means of the same numbers, added up in the same order.
  expect(course.from).toBe(mean(before))
  expect(course.to).toBe(mean(after))
  expect(course.change).toEqual(meanInterval(after.map((value, i) => value - before[i]!)))
  expect(course.bounds).toEqual([meanInterval(before), meanInterval(after)])
  expect(course).toMatchObject({ prompts: 24, responses: 24, when: ['before training', 'step 60'] })
})

test('without evaluations a course is of the first and the last tenth of the steps', () => {
  const run = syntheticRun({ steps: 40 })
  const records = run.records
    .filter(({ stage }) => stage === 'policy')
    .map(({ stage, step }) => ({ stage, step, 'rewards/winProbability/mean': step / 100 }))
  const { win, golden } = outcomesOf(run.settings)
  const course = courseOf({ ...run, records, samples: [] }, win)!
  expect(course.from).toBeCloseTo(0.025, 12)
  expect(course.to).toBeCloseTo(0.385, 12)
  expect(course.when).toEqual(['in the first 4 steps', 'in the last 4 steps'])
  expect(course.change).toBeUndefined()
  expect(courseOf({ ...run, records, samples: [] }, golden)).toBeUndefined()
})

test('a response that nothing scored counts for nothing, and divergences have intervals where responses have them', () => {
  const run = syntheticRun()
  const { reward, kl } = outcomesOf(run.settings)
  const unscored = run.samples.map((row, i) => ({ ...row, reward: i % 24 < 4 ? null : row.reward, kl: i }))
  const course = courseOf({ ...run, samples: unscored }, reward)!
  expect(course.bounds!.map(({ count }) => count)).toEqual([20, 20])
  expect(course.bounds![0].mean).toBeGreaterThan(0.3)
  expect(courseOf(run, kl)!.bounds).toBeUndefined()
  expect(courseOf({ ...run, samples: unscored }, kl)!.change!.count).toBe(24)
})

test('a win probability goes by the name that the settings give it', () => {
  const rewards = [{ type: 'winProbability', name: 'beats' }, { type: 'lengthPenalty' }]
  const { win } = outcomesOf({ policy: { rewards } })
  expect(win.evaluated[0]).toBe('eval_rewards/beats/mean')
})

test('other rewards are told of on their own, but for one that is all of the reward', () => {
  const run = syntheticRun()
  const records = run.records.map((record) =>
    'eval_reward' in record
      ? { ...record, 'eval_rewards/format/mean': 0.5, 'eval_rewards/all/mean': record.eval_reward! }
      : record,
  )
  expect(partsOf({ ...run, records }).map(({ name }) => name)).toEqual(['format'])
})

test('intervals of shares end where shares do', () => {
  const run = syntheticRun()
  const win = ({ stage, promptId }: { readonly stage: string; readonly promptId: string }) =>
    (promptId === 'p0') === (stage === 'policy') ? 0.95 : 0.05
  const samples = run.samples
    .filter(({ promptId }) => ['p0', 'p1'].includes(promptId))
    .map((row) => ({ ...row, rewards: { winProbability: win(row), golden: 4 * win(row) } }))
  const { win: share, golden } = outcomesOf(run.settings)
  const course = courseOf({ ...run, samples }, share)!
  expect(course.bounds!.map(({ low, high }) => [low, high])).toEqual([
    [0, 1],
    [0, 1],
  ])
  expect([course.change!.low, course.change!.high]).toEqual([-1, 1])
  const { bounds } = courseOf({ ...run, samples }, golden)!
  expect(bounds![0].low).toBeLessThan(0)
  expect(bounds![0].high).toBeGreaterThan(4)
})
