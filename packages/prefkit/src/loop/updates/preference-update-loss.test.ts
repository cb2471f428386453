import type { LossInputs } from '@prefkit/lm'
import { slice, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { preferenceLosses, preferenceLossOf } from '../choices/preference-losses'
import { preferenceUpdateLoss } from './preference-update-loss'

const [rows, width] = [8, 3]
const wave = (phase: number): number[] =>
  Array.from({ length: rows * width }, (_, i) => -1.2 + Math.sin(1.7 * i + phase))
const table = (values: readonly number[]) => tensor(Float64Array.from(values), { shape: [rows, width] })
const column = (of: (row: number) => number) =>
  tensor(Float64Array.from({ length: rows }, (_, row) => of(row)))

/** Rows of lengths 1, 2 and 3; every second one is rejected. */
const mask = table(
  Array.from({ length: rows * width }, (_, i) => Number(i % width <= Math.floor(i / width) % 3)),
)
const good = (row: number): boolean => row % 2 === 0
const whole: LossInputs = {
  ...{ logProbs: table(wave(0)), mask },
  inputs: {
    ...{ baseLogprobs: table(wave(0.3)), refLogprobs: table(wave(0.3)) },
    ...{
      rewardMargin: column((row) => Math.floor(row / 2) - 1),
      desirable: column((row) => Number(good(row))),
    },
    ...{ point: column(() => 0.2) },
    chosenShare: column((row) => (good(row) ? 1 / 4 : 0)),
    rejectedShare: column((row) => (good(row) ? 0 : 1 / 4)),
  },
  totals: { rows: tensor(rows), targets: tensor(16) },
}

/** Some of the rows; the totals are those of all. */
const part = (start: number, end: number): LossInputs => ({
  logProbs: slice(whole.logProbs, 0, start, end),
  mask: slice(mask, 0, start, end),
  inputs: Object.fromEntries(
    Object.entries(whole.inputs).map(([name, each]) => [name, slice(each, 0, start, end)]),
  ),
  totals: whole.totals,
})

const names = Object.keys(preferenceLosses)

describe('the loss of an update', () => {
  it.each(names)('by %s is the sum of those of its parts, and so are its metrics', (name) => {
    // The likelihood of each completion, not of the batch's tokens.
    const options = name === 'cpoLoss' ? { convention: 'paper' } : {}
    const chosen = preferenceLossOf({ name, options })
    expect(chosen.of === 'pairs' && chosen.comparesBatch).toBeFalsy()
    const loss = preferenceUpdateLoss(chosen)
    const [all, first, second] = [loss(whole), loss(part(0, 2)), loss(part(2, 8))]
    expect(Math.abs(all.loss.item() - first.loss.item() - second.loss.item())).toBeLessThan(1e-12)
    expect(Object.keys(all.metrics!)).toContain('rewards/margins')
    for (const [metric, value] of Object.entries(all.metrics!)) {
      const sum = first.metrics![metric]!.item() + second.metrics![metric]!.item()
      expect(Math.abs(value.item() - sum), metric).toBeLessThan(1e-12)
    }
  })

  it.each([
    ['dpoLoss', { lossType: 'aot' }],
    ['dpoLoss', { lossType: { sigmoid: 1, sft: 0.2 } }],
    ['cpoLoss', {}],
  ])('by %s with %j compares all of the batch', (name, options) => {
    const loss = preferenceLossOf({ name, options })
    expect(loss.of === 'pairs' && loss.comparesBatch).toBe(true)
  })

  it('of DPO is that of its equation, over pairs of rows', () => {
    const { logProbs, inputs } = whole
    const ahead = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: width }, (_, t) => row * width + t)
        .filter((at) => mask.data[at] === 1)
        .reduce((sum, at) => sum + logProbs.data[at]! - inputs.baseLogprobs!.data[at]!, 0),
    )
    const losses = [0, 2, 4, 6].map((row) => Math.log1p(Math.exp(-0.1 * (ahead[row]! - ahead[row + 1]!))))
    const expected = losses.reduce((sum, each) => sum + each, 0) / 4
    const { loss } = preferenceUpdateLoss(preferenceLossOf({ name: 'dpoLoss' }))(whole)
    expect(Math.abs(loss.item() - expected)).toBeLessThan(1e-12)
  })
})

it.each([
  ['dpo', {}, /got "dpo"; did you mean dpoLoss\?/],
  ['xpoLoss', {}, /it needs a response of the reference policy/],
  ['orpoLoss', { convention: 'trl' }, /log-probabilities of prompts are not computed/],
  ['dpoLoss', { beat: 1 }, /beat/],
  ['bcoLoss', { beta: -1 }, /beta/],
])('the loss %s with %j is refused', (name, options, message) => {
  expect(() => preferenceLossOf({ name, options })).toThrow(message)
})
