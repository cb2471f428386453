import { cast, type Tensor, tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everyLoss, type Inputs, type Row } from './every-loss'
import { LossError } from './index'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const rows = Object.entries(everyLoss).flatMap(([loss, rows]) =>
  rows.map((row, i) => [`${loss} #${i}`, loss, row] as const),
)
const inputsOf = ({ learnt, given }: Row): Inputs => ({ ...learnt, ...given })
const call = ({ of }: Row, inputs: object, more: object = {}) => of(inputs as never, more)

/** The options of a loss, as it names them itself when it refuses another one. */
function optionNamesOf(row: Row): string[] {
  try {
    call(row, inputsOf(row), { misspelt: 1 })
  } catch (error) {
    return /expected one of (.*)$/.exec((error as Error).message)![1]!.split(', ')
  }
  return []
}

/** An element of one of the inputs, replaced. */
interface Hit {
  input: number
  at: number
  value: number
}

/** The inputs in one precision, with some elements replaced; booleans stay booleans. */
function struck(row: Row, hits: readonly Hit[], dtype: 'f32' | 'f64'): Inputs {
  const inputs = Object.entries(inputsOf(row))
  return Object.fromEntries(
    inputs.map(([name, x], i) => {
      if (x.dtype === 'bool') return [name, x]
      const data = Array.from(x.data)
      for (const { input, at, value } of hits) {
        if (input % inputs.length === i) data[at % data.length] = value
      }
      return [name, cast(tensor(Float64Array.from(data), { shape: x.dims }), dtype)]
    }),
  )
}

/** What a loss gives: numbers by name; a `LossError` for what it refuses. Other errors pass. */
function outcomeOf(row: Row, inputs: Inputs, more: object): Record<string, Tensor | LossError> {
  const read = <T>(of: () => T): T | LossError => {
    try {
      return of()
    } catch (error) {
      if (LossError.isInstance(error)) return error
      throw error
    }
  }
  const outcome = read(() => call(row, inputs, more))
  if (LossError.isInstance(outcome)) return { losses: outcome }
  const { losses, metrics = {} } = 'losses' in outcome ? outcome : { losses: outcome }
  const entries = Object.keys(metrics).map((name) => [name, read(() => metrics[name]!)] as const)
  return { losses, ...Object.fromEntries(entries) }
}

const value = fc.constantFrom(0, 1e-30, -1e-30, 0.5, 1, -1, 1e30, -1e30, inf, -inf, inf, -inf, nan)
const hits = fc.array(fc.record({ input: fc.nat(), at: fc.nat(), value }), { maxLength: 4 })
const setting = fc.constantFrom(0, 1e-300, 1e-30, 0.1, 0.9, 1, 1e30, 1e300)
const settings = fc.array(fc.tuple(fc.nat(), setting), { maxLength: 2 })
const hasNaN = (x: Tensor) => x.data.some(Number.isNaN)

describe('whatever the numbers, a loss is a number, a limit or a LossError, and NaN only for NaN', () => {
  it.each(rows)('%s', (_case, _loss, row) => {
    const names = optionNamesOf(row)
    fc.assert(
      fc.property(hits, settings, fc.constantFrom('f32', 'f64'), (hits, settings, dtype) => {
        const inputs = struck(row, hits, dtype)
        const chosen = names.length > 0 ? settings : []
        const more = Object.fromEntries(chosen.map(([i, value]) => [names[i % names.length], value]))
        const outcome = Object.entries(outcomeOf(row, inputs, more))
        if (Object.values(inputs).some(hasNaN)) return
        for (const [name, got] of outcome) {
          if (LossError.isInstance(got)) continue
          expect(hasNaN(got), `${name} ${JSON.stringify(more)}`).toBe(false)
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('what is no number is refused by function and name', () => {
  const wrong = [
    null,
    '0.2',
    ['1', '2', '3', '4'],
    [0, 0, null, 0],
    [[0, 0], [0], [0], [0]],
    [0n],
    new BigInt64Array(4),
    { data: [1], shape: [1] },
    {},
    () => 0,
  ]
  const cases = rows.filter(([name]) => name.endsWith('#0'))

  it.each(cases)('%s: inputs', (_case, loss, row) => {
    const inputs = inputsOf(row)
    for (const name of Object.keys(inputs)) {
      for (const value of wrong) {
        const act = () => call(row, { ...inputs, [name]: value })
        expect(act, name).toThrow(LossError)
        expect(act, name).toThrow(`${loss}: `)
        expect(act, name).not.toThrow('tensor: ')
      }
    }
    for (const name of Object.keys(row.learnt)) {
      const act = () => call(row, { ...inputs, [name]: undefined })
      expect(act, name).toThrow(LossError)
      expect(act, name).toThrow(expect.objectContaining({ code: 'MISSING_INPUT' }))
    }
  })

  it.each(cases)('%s: options', (_case, loss, row) => {
    for (const name of optionNamesOf(row)) {
      for (const value of wrong) {
        const act = () => call(row, inputsOf(row), { [name]: value })
        expect(act, name).toThrow(LossError)
        expect(act, name).toThrow(`${loss}: `)
      }
    }
  })
})
