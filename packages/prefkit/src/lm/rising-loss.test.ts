import { expect, it } from 'vitest'
import { risingLoss } from './rising-loss'

const stepsOf = (losses: readonly number[]) => losses.map((loss, i) => ({ step: i + 1, loss }))

it.each([
  ['a loss that falls', [3, 2, 1]],
  ['one step alone', [3]],
  ['no step', []],
  ['a hard batch among others', [2, 2, 2, 2, 9, 2]],
  ['a rise by twice', [2, 4, 4, 4, 4, 4]],
  ['a loss near 0 that trebles', [0.01, 0.1, 0.2, 0.1, 0.2, 0.1]],
  ['a rise that was made up for', [2, 90, 90, 2, 2, 2, 2, 2]],
])('%s is no divergence', (_, losses) => {
  expect(risingLoss(stepsOf(losses))).toBeUndefined()
})

it('tells of a loss far above the first', () => {
  expect(risingLoss(stepsOf([2.7, 428, 56]))).toBe(
    'the loss has risen from 2.7000 to 242.0000 by step 3: the training diverges, and a lower --learning-rate may help',
  )
})
