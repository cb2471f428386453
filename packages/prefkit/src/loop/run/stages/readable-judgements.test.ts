import { expect, it } from 'vitest'
import type { AlgorithmState, AlgorithmStep } from '../../algorithms/algorithm'
import { readableWatch, requireReadable, unreadableJudge } from './readable-judgements'

/** Steps of a judge of whose judgements such shares can be read. */
async function* steps(shares: readonly number[], from = 0): AsyncGenerator<AlgorithmStep, void, void> {
  for (const [i, share] of shares.entries()) {
    if (i < from) continue
    const metrics = { 'format/parsed_ratio': share, 'completions/clipped_ratio': 1 - share }
    const state = async () => ({ step: i + 1, trainings: {} })
    yield { step: i + 1, totalSteps: shares.length, metrics, seconds: {}, state }
  }
}

it('tells the share of the last tenth of the steps, and of five at least', async () => {
  const few = readableWatch(6)
  for await (const _ of few.watch(steps([1, 0, 0.5, 0, 0.5, 0.5])));
  expect(few.last()).toEqual({ readable: 0.3, cutOff: 0.7 })
  const shares = Array.from({ length: 80 }, (_, i) => (i < 72 ? 0 : 0.25))
  const many = readableWatch(80)
  for await (const _ of many.watch(steps(shares)));
  expect(many.last()).toEqual({ readable: 0.25, cutOff: 0.75 })
  expect(readableWatch(6).last()).toBeUndefined()
})

it('tells the same where it goes on, even after the last step', async () => {
  const shares = [1, 0, 0.5, 0, 0.5, 0.5]
  const states: AlgorithmState[] = []
  const whole = readableWatch(6)
  for await (const step of whole.watch(steps(shares))) states.push(await step.state())
  for (const state of states) {
    const kept: AlgorithmState = JSON.parse(JSON.stringify(state))
    const resumed = readableWatch(6)
    for await (const _ of resumed.watch(steps(shares, kept.step), kept));
    expect(resumed.last()).toEqual(whole.last())
  }
})

it('says what to do where few can be read, and stops where none can and it is a reward', () => {
  const asked = { maxNewTokens: 16, hasLearntForm: false }
  expect(unreadableJudge({ readable: 0.5, cutOff: 0 }, asked)).toBeUndefined()
  expect(unreadableJudge({ readable: 0.25, cutOff: 0.1 }, { ...asked, hasLearntForm: true })).toBe(
    'judge: 25.0 % of its judgements could be read over the last steps: teach it the form of its answers for longer or from more rows (judge.sft)',
  )
  const warnings: string[] = []
  const onWarning = (message: string): void => void warnings.push(message)
  const none = { readable: 0, cutOff: 1 }
  const told =
    'judge: none of its judgements could be read over the last steps, and 100 % were cut off: raise judge.maxNewTokens (16), so that the answer fits; teach it the form of its answers first, by a section judge.sft'
  requireReadable(none, asked, { isReward: false, onWarning })
  requireReadable({ readable: 0.125, cutOff: 0 }, asked, { isReward: true, onWarning })
  expect(warnings).toEqual([told, expect.stringContaining('12.5 % of its judgements')])
  expect(() => requireReadable(none, asked, { isReward: true, onWarning })).toThrow(
    expect.objectContaining({ code: 'BAD_REWARD', message: told }),
  )
})
