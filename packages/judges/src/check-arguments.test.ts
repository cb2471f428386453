import { pairwiseLabelFormat } from '@prefkit/rubrics'
import { describe, expect, test } from 'vitest'
import * as judges from './index'

const format = pairwiseLabelFormat()
const model: judges.ChatModel = {
  name: 'model',
  identity: {},
  complete: async () => ({ text: 'A', finishReason: 'stop', usage: judges.noUsage }),
}
const judge = judges.functionJudge(() => 0.7, { name: 'sure' })
const none = undefined as never

const refusal = (code: string, parameter: string, shown: string) =>
  expect.objectContaining({
    name: 'JudgeError',
    code,
    parameter,
    message: expect.stringContaining(`${parameter} is ${shown}; expected `),
  })

test.each<[() => unknown, string, string]>([
  [() => judges.generativeJudge(model, none), 'format', 'undefined'],
  [() => judges.generativeJudge(none, format), 'model', 'undefined'],
  [() => judges.generativeJudge(format as never, model as never), 'model', 'a format'],
  [() => judges.logprobJudge(model as never, format), 'provider', 'a model'],
  [() => judges.pointwiseJudge(model, judge as never), 'format', 'a judge'],
  [() => judges.checklistJudge({ name: 'x' } as never, none), 'model', 'an object of name'],
  [() => judges.listwiseJudge(model, none), 'format', 'undefined'],
  [() => judges.sampledVotes(none), 'model', 'undefined'],
  [() => judges.cachedModel(model, none), 'cache', 'undefined'],
  [() => judges.calibratedJudge(none, none), 'judge', 'undefined'],
  [() => judges.abstainingJudge(none, {}), 'judge', 'undefined'],
  [() => judges.panelJudge([judge, model as never]), 'judges[1]', 'a model'],
  [() => judges.judgeAll(none, []), 'judge', 'undefined'],
  [() => judges.scoreAll(judge as never, []), 'judge', 'a judge'],
  [() => judges.runBatch(none, []), 'task', 'undefined'],
  [() => judges.diskCache(none), 'directory', 'undefined'],
  [() => judges.diskCache(null as never), 'directory', 'null'],
  [() => judges.diskCache(5 as never), 'directory', '5'],
  [() => judges.diskCache(''), 'directory', 'the string ""'],
  [() => judges.diskCache({ directory: 'cc' } as never), 'directory', 'an object of directory'],
])('an argument that is missing or another is named at once (%#)', (call, parameter, shown) => {
  expect(call).toThrow(refusal('INVALID_OPTION', parameter, shown))
})

test.each([null, {}, 5, 'ab'])('items that are no list are refused: %j', (items) => {
  const shown = typeof items === 'string' ? `the string "${items}"` : items === null ? 'null' : ''
  expect(() => judges.judgeAll(judge, items as never)).toThrow(
    items && typeof items === 'object'
      ? refusal('INVALID_INPUT', 'items', 'an object of no fields')
      : refusal('INVALID_INPUT', 'items', shown || String(items)),
  )
})

test('an item of a batch that is none is refused', async () => {
  await expect(judges.judgeAll(judge, [null as never]).next()).rejects.toEqual(
    refusal('INVALID_INPUT', 'item', 'null'),
  )
})

describe.each(
  Object.entries({
    functionJudge: judge,
    generativeJudge: judges.generativeJudge(model, format),
    listwiseJudge: judges.listwiseJudge(model, { name: 'x', render: () => [], parse: () => none }),
    rewardModelJudge: judges.rewardModelJudge(() => [1, 2], { name: 'reward' }),
    humanJudge: judges.humanJudge({ name: 'ann', ask: async () => 'tie' }),
  }),
)('%s', (_, each) => {
  test('a pair that is none is refused by the field', async () => {
    await expect(each.compare(none)).rejects.toEqual(refusal('INVALID_INPUT', 'pair', 'undefined'))
    const pair = { prompt: 'p', a: 'x' } as never
    await expect(each.compare(pair)).rejects.toEqual(refusal('INVALID_INPUT', 'pair.b', 'undefined'))
  })
})

test('probabilities, margins and counts that are no such numbers are refused', () => {
  const prices = { prompt: 1, completion: 1 }
  const wrong: [() => unknown, string][] = [
    [() => judges.verdictOf(Number.NaN), 'winProbability'],
    [() => judges.verdictOf(Number.POSITIVE_INFINITY), 'winProbability'],
    [() => judges.verdictOf(2), 'winProbability'],
    [() => judges.verdictOf(0.5, Number.NaN), 'tieMargin'],
    [() => judges.verdictOf(0.5, 9), 'tieMargin'],
    [() => judges.combineOrders([{ winProbability: Number.NaN }]), 'readings[0].winProbability'],
    [() => judges.costOf({ promptTokens: Number.NaN, completionTokens: 1 }, prices), 'counts.promptTokens'],
    [() => judges.costOf(judges.noUsage, { prompt: Number.NaN, completion: 1 }), 'prices.prompt'],
  ]
  for (const [call, parameter] of wrong) expect(call).toThrow(expect.objectContaining({ parameter }))
  expect(judges.verdictOf(1 + 1e-15)).toBe('a')
})

test('a calibration says whether the labels told it', () => {
  const says = [0.6, 0.6, 0.4, 0.4, 0.7, 0.3]
  const labels: judges.PairLabel[] = ['a', 'a', 'b', 'b', 'a', 'b']
  const separable = judges.fitCalibration(says, labels)
  expect(separable).toMatchObject({ status: 'separable', calibration: { inverseTemperature: 1 } })
  expect(judges.fitCalibration([...says, 0.55], [...labels, 'b']).status).toBe('fitted')
  const reversed = judges.fitCalibration(
    says.map((p) => 1 - p),
    labels,
  )
  expect(reversed).toMatchObject({ status: 'uninformative', calibration: { inverseTemperature: 0 } })
  expect(judges.fitCalibration(says, labels, { method: 'isotonic' }).status).toBe('fitted')
})
