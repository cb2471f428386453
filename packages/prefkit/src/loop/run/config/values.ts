import { z } from 'zod'

/** What a setting takes, in words, where its schema does not say it. */
export const taken = z.registry<{ readonly takes: string }>()

/** A number with what it may be, in words. */
export const number = (expected: string, allows: (value: number) => boolean) =>
  z
    .custom<number>(
      (value) => typeof value === 'number' && Number.isFinite(value) && allows(value),
      `expected ${expected}`,
    )
    .register(taken, { takes: expected })

/** A whole number from `least` on. */
export const whole = (least: number) =>
  number(`a whole number of at least ${least}`, (value) => Number.isSafeInteger(value) && value >= least)

/** A whole number above 0. */
export const count = whole(1)

/** A number above 0. */
export const positive = number('a number above 0', (value) => value > 0)

/** 0 or more. */
export const notNegative = number('a number of at least 0', (value) => value >= 0)

/** Any number. */
export const finite = number('a number', () => true)

/** From 0 up to 1. */
export const share = number('a number from 0 to 1', (value) => value >= 0 && value <= 1)

/** Above 0, up to 1. */
export const positiveShare = number('a number above 0 and at most 1', (value) => value > 0 && value <= 1)

/** From 0, below 1. */
export const partialShare = number(
  'a number of at least 0 and less than 1',
  (value) => value >= 0 && value < 1,
)

/** Text that is not empty. */
export const text = z.string({ error: 'expected text' }).min(1, 'expected text that is not empty')

/** True or false. */
export const flag = z.boolean({ error: 'expected true or false' })

/** Files, at least one: a single one may stand without brackets. */
export const files = z
  .preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(text, { error: 'expected a file, or a list of files' }).min(1, 'expected at least one file'),
  )
  .register(taken, { takes: 'a file, or a list of files' })

/** One of some names. */
export const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: `expected one of ${names.join(', ')}` })

/** Options that are handed on to a function of a package, which checks them. */
export const handedOn = z
  .record(z.string(), z.unknown(), { error: 'expected options by their names' })
  .register(taken, { takes: 'options by their names' })
