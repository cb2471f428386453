import { listwiseFormat, pairwiseYesNoFormat } from '@prefkit/rubrics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calibratedJudge } from '../calibration/calibrated-judge'
import type { Judge, PairJudgement } from '../judge'
import { panelJudge } from '../panels/panel-judge'
import { abstainingJudge } from './abstaining-judge'
import { functionJudge } from './function-judge'
import { generativeJudge } from './generative-judge'
import { humanJudge } from './human-judge'
import { listwiseJudge } from './listwise-judge'
import { logprobJudge } from './logprob-judge'
import { pointwiseJudge } from './pointwise-judge'
import { rewardModelJudge } from './reward-model-judge'
import {
  chance,
  listFormat,
  pairFormat,
  pairOf,
  scoreFormat,
  scriptedModel,
  scriptedProvider,
} from './testing/scripted'

// Each depends on the texts and on their order, as if by chance: nothing in the judge beneath is symmetric.
const { model: picker } = scriptedModel(({ a, b }, { sample }) => {
  const draw = chance(a, b, sample)
  return draw < 0.1 ? 'Neither A nor B.' : draw < 0.6 ? 'A' : 'B'
})
const { model: grader } = scriptedModel(
  ({ response }, { sample }) => `<answer>${1 + Math.floor(9 * chance(response, sample))}</answer>`,
)
const { model: sorter } = scriptedModel(({ responses }, { sample }) =>
  chance(responses, sample) < 0.7 ? '<answer>A > B</answer>' : '<answer>B > A</answer>',
)
const provider = scriptedProvider(({ a, b }) => ({
  a: chance(a, b, 'a') / 2,
  b: chance(a, b, 'b') / 2,
  provenance: 'top-k',
  unseen: { a: chance(a, b, 'unseen a') / 4, b: chance(a, b, 'unseen b') / 4 },
}))
const biased = functionJudge(({ a, b }) => chance(a, b), { name: 'biased' })
const second = functionJudge(({ a, b }) => chance(a, b, 2), { name: 'second' })
const byReward = rewardModelJudge((_, responses) => responses.map((text) => 4 * chance(text)), {
  name: 'reward',
})
const voted = { votes: 3, temperature: 1 }

const judges: Readonly<Record<string, Judge>> = {
  'log-probabilities': logprobJudge(provider, pairFormat),
  'log-probabilities, ties by margin': logprobJudge(provider, pairFormat, { tieMargin: 0.2 }),
  votes: generativeJudge(picker, pairFormat, voted),
  'votes, contradictions are ties': generativeJudge(picker, pairFormat, { ...voted, inconsistent: 'tie' }),
  'votes, contradictions abstain': generativeJudge(picker, pairFormat, { ...voted, inconsistent: 'abstain' }),
  'votes in one random order': generativeJudge(picker, pairFormat, { ...voted, orders: 'random' }),
  'mean scores': pointwiseJudge(grader, scoreFormat, voted),
  'mean scores by temperature': pointwiseJudge(grader, scoreFormat, { ...voted, scoreTemperature: 2 }),
  'pairs of scores': pointwiseJudge(grader, scoreFormat, { ...voted, compareBy: 'pairs' }),
  lists: listwiseJudge(sorter, listFormat, voted),
  'a reward model': byReward,
  'a function': biased,
  'a person': humanJudge({
    name: 'somebody',
    ask: async ({ first, second }) => (chance(first, second) < 0.7 ? 'first' : 'second'),
  }),
  'a linear panel': panelJudge([biased, second, byReward], { weights: [1, 2, 3] }),
  'a panel in log-odds': panelJudge([biased, second, byReward], {
    weights: [1.5, -0.3, 0.7],
    combine: 'log-odds',
  }),
  'a panel of bounds': panelJudge([logprobJudge(provider, pairFormat), second]),
  'calibrated by an asymmetric function': calibratedJudge(biased, (p) => p ** 3, { identity: 'cube' }),
  'calibrated by temperature': calibratedJudge(biased, {
    method: 'temperature',
    inverseTemperature: 0.4,
    clip: 1e-3,
  }),
  'calibrated by isotonic regression': calibratedJudge(biased, {
    method: 'isotonic',
    x: [0.2, 0.5, 0.9],
    y: [0.1, 0.3, 0.8],
    clip: 0.01,
  }),
  abstaining: abstainingJudge(biased, { minConfidence: 0.6, consistentOnly: true }),
}

const mirrored = { a: 'b', b: 'a', tie: 'tie', abstained: 'abstained' } as const

function expectMirrored(x: PairJudgement, y: PairJudgement): void {
  expect(y.verdict).toBe(mirrored[x.verdict])
  expect(y.consistent).toBe(x.consistent)
  expect(y.winProbability === undefined).toBe(x.winProbability === undefined)
  if (x.winProbability !== undefined) expect(x.winProbability + y.winProbability!).toBeCloseTo(1, 12)
  if (x.bounds) expect(x.bounds.low + y.bounds!.high).toBeCloseTo(1, 12)
}

describe('exchanging a and b gives 1 − P and the mirrored verdict', () => {
  for (const [name, judge] of Object.entries(judges)) {
    test(name, async () => {
      const seen = new Set<string>()
      const text = fc.string({ maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(text, text, async (a, b) => {
          const [x, y] = [await judge.compare(pairOf(a, b)), await judge.compare(pairOf(b, a))]
          expectMirrored(x, y)
          expect(JSON.parse(JSON.stringify(x))).toStrictEqual(x)
          seen.add(x.verdict)
          if (x.winProbability !== undefined && x.verdict !== 'abstained') {
            const margin = Math.sign(x.winProbability - 0.5)
            if (x.verdict !== 'tie') expect(x.verdict).toBe(margin > 0 ? 'a' : 'b')
          }
        }),
        { numRuns: 60, seed: 1 },
      )
      // A judge that always said the same would be symmetric as well.
      expect(seen.has('a') && seen.has('b')).toBe(true)
    })
  }
})

test('a text beside itself is a tie for every judge that gives a verdict', async () => {
  for (const [name, judge] of Object.entries(judges)) {
    const { verdict, winProbability } = await judge.compare(pairOf('same', 'same'))
    if (verdict !== 'abstained') expect([name, verdict]).toEqual([name, 'tie'])
    if (winProbability !== undefined) expect(winProbability).toBeCloseTo(0.5, 12)
  }
})

test('identities are plain JSON, each its own', () => {
  const keys = Object.values(judges).map(({ identity }) => JSON.stringify(identity))
  expect(new Set(keys).size).toBe(keys.length)
  for (const { identity } of Object.values(judges))
    expect(JSON.parse(JSON.stringify(identity))).toEqual(identity)
})

test('the formats of rubrics fit: yes means the response shown first', async () => {
  const shown = (content: string) => content.indexOf('the good one') < content.indexOf('the poor one')
  const model = {
    ...picker,
    complete: async ({ messages }: Parameters<typeof picker.complete>[0]) => ({
      text: shown(messages.at(-1)!.content) ? 'yes' : 'no',
      finishReason: 'stop',
      usage: { calls: 1, cachedCalls: 0, promptTokens: 1, completionTokens: 1 },
    }),
  }
  const judge = generativeJudge(model, pairwiseYesNoFormat())
  expect(await judge.compare(pairOf('the poor one', 'the good one'))).toMatchObject({
    verdict: 'b',
    consistent: true,
  })
  const ranker = {
    ...model,
    complete: async (request: Parameters<typeof picker.complete>[0]) => {
      const answered = await model.complete(request)
      return { ...answered, text: `<answer>${answered.text === 'yes' ? 'A > B' : 'B > A'}</answer>` }
    },
  }
  const list = { prompt: 'Which?', responses: ['the poor one', 'the good one'] }
  expect(await listwiseJudge(ranker, listwiseFormat()).rank(list)).toMatchObject({ ranking: [1, 0] })
})
