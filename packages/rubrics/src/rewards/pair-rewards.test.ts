import { groupRelativeAdvantages, parRewards } from '@prefkit/advantages'
import { compileExpression } from '@prefkit/expressions'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PairRollouts, pairRewards, parseTaggedScore, pointwiseFormat } from '../index'

const format = pointwiseFormat()
const says = (score: number | string) =>
  `<rubrics>\n1. Depth: does it say why?\n</rubrics>\n<evaluation>It depends.</evaluation>\n<answer>${score}</answer>`
const pair = (chosen: readonly string[], rejected: readonly string[]): PairRollouts => ({
  prompt: 'Why?',
  chosen: { response: 'Because of this.', texts: chosen },
  rejected: { response: 'Because.', texts: rejected },
})

describe('pairRewards', () => {
  it('adds R_PAR and R_format, rollout by rollout', () => {
    const pairs = [
      pair([says(8), says(6), says('8/10')], [says(5), says(7), 'I cannot say.']),
      pair([says(3)], [says(2), says(9)]),
    ]
    const result = pairRewards(pairs, { format })
    // Means of the first pair: 22/3 and 6; of the second: 3 and 5.5.
    expect([...result.scores]).toEqual([8, 6, 8, 5, 7, Number.NaN, 3, 2, 9])
    expect([...result.parRewards]).toEqual([1.2, 0, 1.2, 1.4, 1.2, 0, 0, 1.2, 0])
    expect([...result.formatRewards]).toEqual([0, 0, -0.5, 0, 0, -1, 0, 0, 0])
    expect([...result.rewards]).toEqual([1.2, 0, 0.7, 1.4, 1.2, -1, 0, 1.2, 0])
    expect([...result.groups]).toEqual([0, 0, 0, 1, 1, 1, 2, 3, 3])
    expect(result.parses.map(({ status }) => status).join(' ')).toBe(
      'exact exact recovered exact exact missing exact exact exact',
    )
    const sum = 1.2 + 0.7 + 1.4 + 1.2 - 1 + 1.2
    expect(result.metrics.reward).toBeCloseTo(sum / 9, 14)
    const spread = [...result.rewards].reduce((total, reward) => total + (reward - sum / 9) ** 2, 0)
    expect(result.metrics.reward_std).toBeCloseTo(Math.sqrt(spread / 8), 14)
    expect(result.metrics).toMatchObject({
      'rewards/margins': expect.closeTo((22 / 3 - 6 + 3 - 5.5) / 2, 14),
      'rewards/chosen': expect.closeTo((22 / 3 + 3) / 2, 14),
      'rewards/rejected': 5.75,
      'rewards/accuracies': 0.5,
      'pairs/scored': 1,
      'rewards/par/mean': expect.closeTo(6.2 / 9, 14),
      'rewards/format/mean': -1.5 / 9,
      'parse/exact': 7 / 9,
      'parse/recovered': 1 / 9,
      'parse/ambiguous': 0,
      'parse/missing': 1 / 9,
    })
  })

  const score = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constant(undefined))
  const rollouts = fc.array(score, { minLength: 1, maxLength: 8 })
  const batches = fc.array(fc.tuple(rollouts, rollouts), { minLength: 1, maxLength: 5 })
  const text = (each: number | undefined) => (each === undefined ? 'No idea.' : says(each))

  it('is parRewards of the scores plus the reward of the format, for any batch', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const pairs = batch.map(([chosen, rejected]) => pair(chosen.map(text), rejected.map(text)))
        const numbers = (row: readonly (number | undefined)[]) => row.map((each) => each ?? Number.NaN)
        const { chosen, rejected } = parRewards(
          { chosenScores: batch.map(([c]) => numbers(c)), rejectedScores: batch.map(([, r]) => numbers(r)) },
          { missing: 'exclude' },
        )
        const expected = batch.flatMap(([c, r], i) => [
          ...c.map((each, j) => chosen[i]![j]! - Number(each === undefined)),
          ...r.map((each, j) => rejected[i]![j]! - Number(each === undefined)),
        ])
        expect([...pairRewards(pairs, { format }).rewards]).toEqual(expected)
      }),
    )
  })

  it('gives a pair the same rewards in any batch', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const pairs = batch.map(([chosen, rejected]) => pair(chosen.map(text), rejected.map(text)))
        const alone = pairs.flatMap((each) => [...pairRewards([each], { format }).rewards])
        expect([...pairRewards(pairs, { format }).rewards]).toEqual(alone)
      }),
    )
  })

  it('takes f as grades, as a function, and as an expression', () => {
    const pairs = [pair([says(10), says(7)], [says(6), says(6)])]
    const of = (options: object) => [...pairRewards(pairs, { format, ...options }).parRewards]
    expect(of({ grades: [{ above: 0, reward: 1 }] })).toEqual([1, 1, 1, 1])
    expect(of({ f: (delta: number) => delta })).toEqual([4, 1, 2.5, 2.5])
    const f = compileExpression('min(1.4, 1.2 + 0.1 * delta)', 'delta')
    expect(of({ f })).toEqual([1.4, 1.3, 1.4, 1.4])
    expect(() => of({ f: compileExpression('log(2 - delta)', 'delta') })).toThrow('f(4) is NaN')
  })

  it('feeds GRPO: an advantage for each rollout among those on the same response', () => {
    const pairs = [pair([says(8), says(2)], [says(5), says(5)])]
    const { rewards, groups } = pairRewards(pairs, { format })
    const advantages = groupRelativeAdvantages(rewards, { groups, epsilon: 0 })
    expect([...rewards]).toEqual([1.4, 0, 0, 0])
    const expected = [Math.SQRT1_2, -Math.SQRT1_2, 0, 0]
    expected.forEach((advantage, i) => {
      expect(advantages[i]).toBeCloseTo(advantage, 12)
    })
  })

  it('hands prompt, response and reference to the parser', () => {
    const seen: unknown[] = []
    const spy = {
      parse: (written: string, item: unknown) => {
        seen.push(item)
        return parseTaggedScore(written, { tag: 'answer', scale: { min: 1, max: 10 } })
      },
    }
    pairRewards([{ ...pair([says(8)], [says(2)]), reference: 'So.' }], { format: spy })
    expect(seen).toEqual([
      { prompt: 'Why?', response: 'Because of this.', reference: 'So.' },
      { prompt: 'Why?', response: 'Because.', reference: 'So.' },
    ])
  })

  it('has NaN for metrics of nothing', () => {
    const unscored = pairRewards([pair(['?'], [says(2)])], { format })
    expect([...unscored.rewards]).toEqual([-1, 0])
    expect(unscored.metrics).toMatchObject({ 'rewards/margins': Number.NaN, 'pairs/scored': 0 })
    const empty = pairRewards([], { format })
    expect([empty.rewards.length, empty.groups.length, empty.metrics.reward]).toEqual([0, 0, Number.NaN])
    expect(empty.metrics.reward_std).toBeNaN()
  })

  it('refuses responses without rollouts, and unknown options', () => {
    const refused = (code: string, message: string) =>
      expect.objectContaining({ code, message: expect.stringContaining(message) })
    expect(() => pairRewards([pair([says(1)], [])], { format })).toThrow(
      refused('EMPTY', 'pairs[0].rejected.texts is empty; expected the texts of one rollout or more'),
    )
    expect(() => pairRewards([null as never], { format })).toThrow(
      refused('EMPTY', 'pairs[0].chosen.texts is undefined'),
    )
    expect(() => pairRewards([], { format, penalty: 1 } as never)).toThrow(
      refused('INVALID_OPTION', 'no option penalty'),
    )
  })
})
