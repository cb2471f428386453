import { expect, expectTypeOf, test } from 'vitest'
import { calibratedJudge } from '../calibration/calibrated-judge'
import type { ScoringJudge } from '../judge'
import { panelJudge } from '../panels/panel-judge'
import { noUsage } from '../usage'
import { abstainBelow, abstainingJudge } from './abstaining-judge'
import { functionJudge } from './function-judge'
import { rewardModelJudge } from './reward-model-judge'
import { pairOf } from './testing/scripted'

const sure = (p: number) => functionJudge(({ a }) => (a === 'x' ? p : 1 - p), { name: `${p}` })
const pair = pairOf('x', 'y')

test('verdicts less confident than the threshold are abstained, on both sides', async () => {
  const judge = (p: number) => abstainingJudge(sure(p), { minConfidence: 0.8 }).compare(pair)
  expect((await judge(0.79)).verdict).toBe('abstained')
  expect((await judge(0.21)).verdict).toBe('abstained')
  expect((await judge(0.8)).verdict).toBe('a')
  expect((await judge(0.2)).verdict).toBe('b')
  const doubted = await judge(0.7)
  expect(doubted.reason).toBe('P(a) is 0.7; expected a confidence of 0.8')
  expect(doubted).toMatchObject({ winProbability: 0.7, readings: [{}, {}] })
})

test('contradicting orders and wide bounds may be no verdict', async () => {
  const contradicting = functionJudge(({ a }) => (a === 'x' ? 0.9 : 0.8), { name: 'first' })
  expect((await abstainingJudge(contradicting, {}).compare(pair)).verdict).toBe('a')
  expect(await abstainingJudge(contradicting, { consistentOnly: true }).compare(pair)).toMatchObject({
    verdict: 'abstained',
    reason: 'the orders have different verdicts',
  })
  const wide = {
    verdict: 'a' as const,
    winProbability: 0.9,
    bounds: { low: 0.4, high: 0.9 },
    provenance: 'top-k' as const,
    readings: [],
    usage: noUsage,
  }
  expect(abstainBelow(wide, { maxWidth: 0.5 }).verdict).toBe('a')
  expect(abstainBelow(wide, { maxWidth: 0.4 }).verdict).toBe('abstained')
})

test('what is abstained already keeps its reason; options are checked before anything is asked', async () => {
  const silent = await abstainingJudge(
    functionJudge(() => undefined, { name: 'silent' }),
    { minConfidence: 0.9 },
  ).compare(pair)
  expect(silent.reason).toContain('gave no opinion')
  expect(() => abstainingJudge(sure(1), { minConfidence: 0.3 })).toThrow(/minConfidence is 0.3/)
  expect(() => abstainingJudge(sure(1), { minimum: 0.3 } as object)).toThrow(/no option minimum/)
})

test('judges that change verdicts keep what else a judge can do, in types and in values', async () => {
  const scorer = rewardModelJudge((_, responses) => responses.map((text) => text.length), { name: 'length' })
  const temperature = { method: 'temperature', inverseTemperature: 0.5, clip: 1e-3 } as const
  const wrapped = abstainingJudge(calibratedJudge(scorer, temperature), { minConfidence: 0.6 })
  expectTypeOf(wrapped).toExtend<ScoringJudge>()
  expect(await wrapped.score({ prompt: 'Q', response: 'four' })).toMatchObject({ score: 4 })
  expect((await wrapped.compare(pairOf('xx', 'x'))).winProbability).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 12)
  const panel = abstainingJudge(calibratedJudge(panelJudge([scorer]), temperature), {})
  expect((await panel.compare(pairOf('xx', 'x'))).members).toMatchObject([{ judge: 'length' }])
  expect('score' in panel).toBe(false)
  class Grader implements ScoringJudge {
    readonly name = 'grader'
    readonly identity = {}
    private readonly judge = scorer
    compare(...given: Parameters<ScoringJudge['compare']>) {
      return this.judge.compare(...given)
    }
    score(...given: Parameters<ScoringJudge['score']>) {
      return this.judge.score(...given)
    }
  }
  const graded = await abstainingJudge(new Grader(), {}).score({ prompt: 'Q', response: 'four' })
  expect(graded.score).toBe(4)
})
