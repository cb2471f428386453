import { expect, it } from 'vitest'
import { LmError } from './lm-error'

it('is recognised from another copy of the package', () => {
  const error = new LmError('INVALID_FILE', 'message', { cause: 1 })
  const copy = Object.assign(new Error('message'), { [Symbol.for('prefkit.lm.error')]: true })
  expect([error, copy, new Error('x'), null].map(LmError.isInstance)).toEqual([true, true, false, false])
  expect([error.name, error.code, error.message, error.cause]).toEqual([
    'LmError',
    'INVALID_FILE',
    'message',
    1,
  ])
})
