import { expect, test } from 'vitest'
import { numbersOf } from './run-progress'

test('what is 0 but for rounding is shown as 0', () => {
  const record = { stage: 'policy', step: 1, loss: -0.00000213, reward: 0.000213, eval_kl: -2.45e-8 }
  expect(numbersOf(record)).toBe('loss 0.00, reward 0.000213, held-out kl 0.00 nats a response')
})

test('of two divergences that of whole responses is shown', () => {
  const record = { stage: 'policy', step: 2, loss: 0.5, kl: 0.0123, 'objective/kl': -1.5, accuracy: 0.75 }
  expect(numbersOf(record)).toBe('loss 0.500, kl -1.50 nats a response, accuracy 0.750')
  expect(numbersOf({ stage: 'policy', step: 2, kl: 0.0123 })).toBe('kl 0.0123 nats a token')
})
