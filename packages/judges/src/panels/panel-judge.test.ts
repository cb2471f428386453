import { winProbability } from '@prefkit/evals'
import { expect, test } from 'vitest'
import type { Judge } from '../judge'
import { functionJudge } from '../judging/function-judge'
import { generativeJudge } from '../judging/generative-judge'
import { logprobJudge } from '../judging/logprob-judge'
import { pairFormat, pairOf, scriptedModel, scriptedProvider } from '../judging/testing/scripted'
import { panelJudge } from './panel-judge'

const pair = pairOf('x', 'y')
const saying = (name: string, p: number | undefined): Judge =>
  functionJudge(() => p, { name, orders: 'given' })
const failing = (name: string): Judge =>
  functionJudge(
    () => {
      throw new Error(`${name} is down`)
    },
    { name },
  )

test('a linear pool is the weighted mean of win probabilities', async () => {
  const judges = [saying('one', 0.9), saying('two', 0.2)]
  expect((await panelJudge(judges).compare(pair)).winProbability).toBeCloseTo(0.55, 14)
  const weighted = await panelJudge(judges, { weights: [1, 3] }).compare(pair)
  expect(weighted.winProbability).toBeCloseTo((0.9 + 3 * 0.2) / 4, 14)
  expect(weighted.verdict).toBe('b')
  expect(weighted.readings.map(({ judge, winProbability }) => [judge, winProbability])).toEqual([
    ['one', 0.9],
    ['two', 0.2],
  ])
})

test('log-odds add up, and certainty is kept finite', async () => {
  const logit = (p: number) => Math.log(p / (1 - p))
  const judges = [saying('one', 0.9), saying('two', 0.2)]
  const panel = panelJudge(judges, { combine: 'log-odds', weights: [1, 0.5] })
  expect((await panel.compare(pair)).winProbability).toBeCloseTo(
    winProbability(logit(0.9) + logit(0.2) / 2),
    14,
  )
  const certain = panelJudge([saying('one', 1), saying('two', 0)], {
    combine: 'log-odds',
    weights: [2, 1],
    clip: 0.01,
  })
  expect((await certain.compare(pair)).winProbability).toBeCloseTo(0.99, 12)
})

test('a member that fails or abstains is named, and the others go on', async () => {
  const judges = [saying('one', 0.9), failing('two'), saying('three', undefined)]
  const judgement = await panelJudge(judges).compare(pair)
  expect(judgement).toMatchObject({ verdict: 'a', winProbability: 0.9 })
  expect(judgement.members[1]).toEqual({ judge: 'two', error: 'two is down' })
  expect(judgement.readings[1]).toMatchObject({ judge: 'two', reason: 'two is down' })
  expect(judgement.readings[2]!.reason).toContain('gave no opinion')
  const logOdds = await panelJudge(judges, { combine: 'log-odds', weights: [1, 1, 1] }).compare(pair)
  expect(logOdds.winProbability).toBeCloseTo(0.9, 14)
})

test('below the quorum a panel abstains, or fails where members failed', async () => {
  const silent = [saying('one', 0.9), saying('two', undefined)]
  const judgement = await panelJudge(silent, { quorum: 2 }).compare(pair)
  expect(judgement.verdict).toBe('abstained')
  expect(judgement).not.toHaveProperty('winProbability')
  expect(judgement.reason).toContain('1 of 2 judges answered, below the quorum of 2: two: ')
  const failed = panelJudge([saying('one', 0.9), failing('two')], { quorum: 2 }).compare(pair)
  await expect(failed).rejects.toMatchObject({
    code: 'QUORUM_MISSED',
    cause: { errors: [{ message: 'two is down' }] },
  })
  await expect(failed).rejects.toThrow(/Failed: two: two is down/)
})

test('usages add up, the weakest provenance counts, and so does any contradiction', async () => {
  const { model } = scriptedModel(() => 'A')
  const voter = generativeJudge(model, pairFormat, { name: 'voter' })
  const reader = logprobJudge(
    scriptedProvider(() => ({ a: 0.8, b: 0.2 })),
    pairFormat,
    { name: 'reader' },
  )
  const judgement = await panelJudge([voter, reader]).compare(pair)
  expect(judgement).toMatchObject({
    verdict: 'tie',
    winProbability: 0.5,
    provenance: 'parsed',
    consistent: false,
    usage: { calls: 4, promptTokens: 40 },
  })
})

test('bounds are pooled by the sign of each weight', async () => {
  const unsure = logprobJudge(
    scriptedProvider(({ a }) =>
      a === 'x'
        ? { a: 0.6, b: 0, provenance: 'top-k', unseen: { a: 0, b: 0.2 } }
        : { a: 0, b: 0.6, provenance: 'top-k', unseen: { a: 0.2, b: 0 } },
    ),
    pairFormat,
    { name: 'unsure' },
  )
  const linear = await panelJudge([unsure, saying('other', 0.5)]).compare(pair)
  expect(linear.bounds!.low).toBeCloseTo((0.75 + 0.5) / 2, 14)
  expect(linear.bounds!.high).toBeCloseTo((1 + 0.5) / 2, 14)
  const weights = [-1, 1]
  const turned = await panelJudge([unsure, saying('other', 0.5)], {
    combine: 'log-odds',
    weights,
    clip: 0.01,
  }).compare(pair)
  expect(turned.bounds!.low).toBeCloseTo(0.01, 12)
  expect(turned.bounds!.high).toBeCloseTo(0.25, 12)
})

test('a member without weight cannot answer for the panel', async () => {
  const mute = [saying('one', undefined), saying('two', 0.9)]
  const judgement = await panelJudge(mute, { weights: [1, 0] }).compare(pair)
  expect(judgement.verdict).toBe('abstained')
  expect(judgement).not.toHaveProperty('winProbability')
  expect(judgement.reason).toMatch(/^0 of 2 judges answered, .*; two: its weight is 0$/)
  const nobody = panelJudge(mute, { weights: [0, 0], combine: 'log-odds' })
  expect((await nobody.compare(pair)).verdict).toBe('abstained')
  // What failed has no weight, and asking again would not help.
  const panel = panelJudge([saying('one', undefined), failing('two')], { weights: [1, 0] })
  expect((await panel.compare(pair)).verdict).toBe('abstained')
  expect(() => panelJudge(mute, { weights: [1, 0], quorum: 2 })).toThrow(/quorum is 2/)
})

test('an aborted panel ends with the reason of the signal, not with a quorum', async () => {
  const controller = new AbortController()
  const waiting = functionJudge(
    async () => {
      controller.abort(new Error('enough'))
      throw new Error('stopped')
    },
    { name: 'waiting' },
  )
  await expect(panelJudge([waiting]).compare(pair, { signal: controller.signal })).rejects.toThrow('enough')
})

test('panels that cannot be are refused', () => {
  const judges = [saying('one', 0.9), saying('two', 0.2)]
  const make = (options: object) => () => panelJudge(judges, options)
  expect(() => panelJudge([])).toThrow(/judges is empty/)
  expect(() => panelJudge([judges[0]!, judges[0]!])).toThrow(/two of the name the string "one"/)
  expect(make({ weights: [1] })).toThrow(/weights has 1 values/)
  expect(make({ weights: [0, 0] })).toThrow(/weights are all 0/)
  expect(make({ weights: [1, -1] })).toThrow(/weights\[1\] is -1/)
  expect(make({ quorum: 3 })).toThrow(/quorum is 3/)
  expect(make({ combine: 'median' })).toThrow(/expected one of linear, log-odds/)
  const fitted = { judges: ['two', 'one'], weights: [1, 1], combine: 'log-odds', clip: 0.01 }
  expect(make({ weights: fitted })).toThrow(
    /weights are for two, one \(log-odds\); expected log-odds of one, two/,
  )
})
