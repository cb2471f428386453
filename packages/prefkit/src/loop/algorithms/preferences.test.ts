import { expect, it } from 'vitest'
import { preferenceLossOf } from '../choices/preference-losses'
import type { StepMetrics } from '../step-record'
import { preferencePairs } from '../testing/preference-pairs'
import { sharedStory } from '../testing/shared-story'
import { type Story, storyPolicy } from '../testing/story-policy'
import type { AlgorithmState } from './algorithm'
import { type PreferencesOptions, preferences } from './preferences'
import type { AlignmentPair } from './preferences-batch'

const story = await sharedStory()

const settings = { steps: 4, batchSize: 2, learningRate: 1e-3, evaluateEverySteps: 1 }

async function run({ policy, prompts }: Story, options: Partial<PreferencesOptions>) {
  const metrics: StepMetrics[] = []
  let middle: AlgorithmState | undefined
  const data = preferencePairs(prompts)
  for await (const step of preferences({ ...settings, policy, data, ...options })) {
    metrics.push(step.metrics)
    if (step.step === 2) middle = await step.state()
  }
  return { metrics, middle: middle! }
}

it.each(['dpoLoss', 'ktoLoss', 'bcoLoss'])(
  'learns preferences by %s, and goes on from a state as if it had never stopped',
  async (name) => {
    const options = { heldOut: preferencePairs(story.prompts), loss: preferenceLossOf({ name }) }
    const whole = await run(story, options)
    const [first, last] = [whole.metrics[0]!, whole.metrics.at(-1)!]
    expect(last['eval_rewards/margins']!).toBeGreaterThan(first['eval_rewards/margins']! + 0.05)
    expect(last.eval_loss!).toBeLessThan(first.eval_loss!)
    const rest = await run(story, { ...options, resume: whole.middle })
    expect(rest.metrics).toEqual(whole.metrics.slice(2))
  },
)

it.each(['dpoLoss', 'ktoLoss'])('asks the reference once of what %s is evaluated on', async (name) => {
  const heldOut = preferencePairs(story.prompts)
  let asked = 0
  const policy: Story['policy'] = Object.assign(Object.create(story.policy), {
    async forward(...[data, options]: Parameters<Story['policy']['forward']>) {
      if (options?.reference) asked += data.length
      return story.policy.forward(data, options)
    },
  })
  const rows = async (evaluateEverySteps: number) => {
    asked = 0
    await story.restore()
    await run({ ...story, policy }, { heldOut, evaluateEverySteps, loss: preferenceLossOf({ name }) })
    return asked
  }
  expect(await rows(1)).toBe(await rows(4))
})

it('begins at the reference, where the loss of DPO is ln 2', async () => {
  const { metrics } = await run(story, { steps: 1 })
  const [first] = metrics as [StepMetrics]
  // Of log-probabilities that two passes compute alike, some tens a response, in single precision.
  expect(Math.abs(first.loss! - Math.LN2)).toBeLessThan(2e-6)
  expect(Math.abs(first['rewards/margins']!)).toBeLessThan(4e-6)
  expect(first['logps/chosen']).toBeLessThan(0)
})

it('is the same in parts as at once, also where the point of gains is of the whole batch', async () => {
  const parts = await storyPolicy({ microBatchTokens: 60 })
  const loss = preferenceLossOf({ name: 'ktoLoss' })
  const options = { batchSize: 4, steps: 2, loss }
  const [own, other] = [await run(story, options), await run(parts, options)]
  await parts.policy.release()
  for (const [step, metrics] of own.metrics.entries()) {
    for (const [name, value] of Object.entries(metrics)) {
      // Sums in another order, in single precision; Adam divides gradients by their size, and makes more of it.
      expect(Math.abs(other.metrics[step]![name]! - value), name).toBeLessThan(
        1e-4 * Math.max(1, Math.abs(value)),
      )
    }
  }
})

it('refuses parts of a batch to a loss that compares all of it', async () => {
  const parts = await storyPolicy({ microBatchTokens: 60 })
  const loss = preferenceLossOf({ name: 'dpoLoss', options: { lossType: 'aot' } })
  await expect(run(parts, { batchSize: 4, loss })).rejects.toThrow(
    /microBatchTokens: expected ≥ \d+, as the longest group of 8 rows/,
  )
  await parts.policy.release()
})

it('refuses what a loss cannot learn from', async () => {
  const [pair] = preferencePairs(story.prompts) as [AlignmentPair]
  const judged = { prompt: pair.prompt, response: pair.chosen, desirable: true }
  const [rpo, kto] = [preferenceLossOf({ name: 'rpoLoss' }), preferenceLossOf({ name: 'ktoLoss' })]
  const { rewardMargin: _, ...bare } = pair
  await expect(run(story, { data: [judged] })).rejects.toThrow(/data\[0\]: expected a pair/)
  await expect(run(story, { data: [{ ...pair, preference: 0.7 }] })).rejects.toThrow(/no soft labels/)
  await expect(run(story, { data: [pair, bare], loss: rpo })).rejects.toThrow(/data\[1\]: rewardMargin/)
  await expect(run(story, { data: [] })).rejects.toThrow(/data: expected at least one/)
  await expect(run(story, { data: [judged], loss: kto })).rejects.toThrow(/at least 2 responses/)
})
