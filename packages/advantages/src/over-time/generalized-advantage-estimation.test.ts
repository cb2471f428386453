import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AdvantageError, discountedReturns, gae, tdLambdaReturns } from '../index'

const number = fc.double({ min: -100, max: 100, noNaN: true })
const step = fc.record({ reward: number, value: number, mask: fc.integer({ min: 0, max: 1 }) })
const trajectory = fc.array(step, { maxLength: 8 })
const batch = fc.array(trajectory, { maxLength: 4 })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const convention = fc.constantFrom('verl' as const, 'openrlhf' as const)

const columns = (rows: { reward: number; value: number; mask: number }[][]) => ({
  rewards: rows.map((row) => row.map(({ reward }) => reward)),
  values: rows.map((row) => row.map(({ value }) => value)),
  mask: rows.map((row) => row.map(({ mask }) => mask)),
})

describe('properties', () => {
  it('a batch is its rows, one by one, of any lengths', () => {
    fc.assert(
      fc.property(batch, share, share, convention, (rows, gamma, lambda, which) => {
        const options = { gamma, lambda, convention: which }
        const { advantages, returns } = gae(columns(rows), options)
        rows.forEach((row, i) => {
          const alone = gae(columns([row]), options)
          expect([advantages[i], returns[i]]).toEqual([alone.advantages[0], alone.returns[0]])
        })
      }),
    )
  })

  it('padding and its contents change nothing, nor do skipped observations', () => {
    fc.assert(
      fc.property(trajectory, share, share, (row, gamma, lambda) => {
        const kept = row.filter(({ mask }) => mask === 1)
        const wanted = gae(columns([kept]), { gamma, lambda })
        const junk = row.map((one) =>
          one.mask === 1 ? one : { reward: Number.NaN, value: Infinity, mask: 0 },
        )
        const got = gae(columns([junk]), { gamma, lambda })
        for (const name of ['advantages', 'returns'] as const) {
          expect(got[name][0]!.filter((_, i) => row[i]!.mask === 1)).toEqual(wanted[name][0])
          expect(got[name][0]!.filter((x, i) => row[i]!.mask === 0 && x !== 0)).toEqual([])
        }
        const padded = columns([[...kept, { reward: Number.NaN, value: Number.NaN, mask: 0 }]])
        for (const which of ['verl', 'openrlhf'] as const) {
          const { advantages } = gae(padded, { gamma, lambda, convention: which })
          expect(advantages[0]).toEqual([...wanted.advantages[0]!, 0])
        }
      }),
    )
  })

  it('returns are the advantages and the values, and TD(λ) returns', () => {
    fc.assert(
      fc.property(batch, share, share, convention, (rows, gamma, lambda, which) => {
        const input = columns(rows)
        const options = { gamma, lambda, convention: which }
        const returns = tdLambdaReturns(input, options)
        gae(input, options).returns.forEach((row, i) => {
          row.forEach((value, t) => {
            // Sums of at most 8 rewards and values of up to 100.
            expect(Math.abs(value - returns[i]![t]!)).toBeLessThan(1e-11)
          })
        })
      }),
    )
  })

  it('with λ = 1 the advantages are the discounted returns minus the values', () => {
    fc.assert(
      fc.property(trajectory, share, number, (row, gamma, bootstrap) => {
        const { rewards, values } = columns([row])
        const after = { bootstrapValues: [bootstrap] }
        const returns = discountedReturns({ rewards, ...after }, { gamma })
        const { advantages } = gae({ rewards, values, ...after }, { gamma, lambda: 1 })
        advantages[0]!.forEach((value, t) => {
          expect(Math.abs(value - (returns[0]![t]! - values[0]![t]!))).toBeLessThan(1e-11)
        })
      }),
    )
  })

  it('nothing flows back over the end of an episode', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), number, fc.nat(), (row, after, at) => {
        const { rewards, values } = columns([row])
        const end = at % (row.length - 1)
        const flags = [row.map((_, t) => (t === end ? 1 : 0))]
        const limit = { truncated: flags, truncationValues: [row.map(() => after)] }
        const whole = gae({ rewards, values, ...limit }, { gamma: 0.9 }).advantages[0]!
        const first = gae(
          {
            rewards: [rewards[0]!.slice(0, end + 1)],
            values: [values[0]!.slice(0, end + 1)],
            bootstrapValues: [after],
          },
          { gamma: 0.9 },
        )
        expect(whole.slice(0, end + 1)).toEqual(first.advantages[0])
        const ended = { rewards, values, terminated: flags }
        // Where both flags are set, `terminated` takes precedence.
        expect(gae({ ...ended, ...limit })).toEqual(gae(ended))
      }),
    )
  })
})

describe('forms', () => {
  const rows = { rewards: [[1, 0, 2]], values: [[0.5, 0.25, 1]] }
  const wanted = gae(rows).advantages[0]!

  it('the results of flat typed arrays are flat typed arrays, also beside nested ones', () => {
    const data = new Float64Array(rows.rewards[0]!)
    const { advantages } = gae({ rewards: { data, shape: [1, 3] }, values: rows.values })
    expect(advantages).toEqual({ data: new Float64Array(wanted), shape: [1, 3] })
    expect(data).toEqual(new Float64Array([1, 0, 2]))
    const single = gae({ ...rows, rewards: { data: new Float32Array(data), shape: [1, 3] } }).advantages
    expect(single.data).toEqual(new Float32Array(wanted))
    expect(gae({ ...rows, rewards: [data] }).advantages[0]).toEqual(new Float64Array(wanted))
  })

  it('masks may be truth values or bytes', () => {
    const padded = { rewards: [[1, 0, 2, 9]], values: [[0.5, 0.25, 1, 9]] }
    const masks = [[[1, 1, 1, 0]], [[true, true, true, false]], [new Uint8Array([1, 1, 1, 0])]]
    for (const mask of masks) expect(gae({ ...padded, mask }).advantages[0]).toEqual([...wanted, 0])
    const flat = { data: new Uint8Array([1, 1, 1, 0]), shape: [1, 4] as const }
    expect(gae({ ...padded, mask: flat }).advantages[0]).toEqual([...wanted, 0])
  })

  it('rows without steps, fully masked rows, or no rows', () => {
    expect(gae({ rewards: [], values: [] })).toEqual({ advantages: [], returns: [] })
    expect(gae({ rewards: [[], [1]], values: [[], [0]] }).advantages).toEqual([[], [1]])
    expect(gae({ rewards: [[1]], values: [[1]], mask: [[0]], bootstrapValues: [5] }).returns).toEqual([[0]])
    const none = { data: new Float32Array(0), shape: [0, 5] as const }
    expect(gae({ rewards: none, values: none }).advantages).toEqual({
      data: new Float32Array(0),
      shape: [0, 5],
    })
  })
})

describe('bad input', () => {
  const good = { rewards: [[1, 2], [3]], values: [[1, 2], [3]] }
  it.each([
    ['a NaN', { ...good, rewards: [[1, Number.NaN], [3]] }, 'NOT_FINITE', 'rewards[0][1]', 'is NaN'],
    ['an infinity', { ...good, values: [[1, 2], [Infinity]] }, 'NOT_FINITE', 'values[1][0]', 'is Infinity'],
    ['a string', { ...good, rewards: [[1, '2'], [3]] }, 'NOT_FINITE', 'rewards[0][1]', 'the string "2"'],
    [
      'too few rows',
      { ...good, values: [[1, 2]] },
      'SHAPE_MISMATCH',
      'values',
      'of 1 rows; expected as many',
    ],
    [
      'another length',
      {
        ...good,
        values: [
          [1, 2],
          [3, 4],
        ],
      },
      'SHAPE_MISMATCH',
      'values[1]',
      'of 2 numbers',
    ],
    [
      'a flat shape',
      { ...good, rewards: { data: new Float64Array(3), shape: [2, 2] } },
      'SHAPE_MISMATCH',
      'rewards.shape',
      'product is 3',
    ],
    ['no values', { rewards: good.rewards }, 'MISSING_INPUT', 'values', 'is undefined; expected rows'],
    ['no rows', { ...good, rewards: 3 }, 'SHAPE_MISMATCH', 'rewards', 'is 3; expected rows'],
    ['a number for a row', { ...good, rewards: [1, 2] }, 'SHAPE_MISMATCH', 'rewards[0]', 'is 1'],
    ['a strange mask', { ...good, mask: [[1, 2], [1]] }, 'OUT_OF_RANGE', 'mask[0][1]', 'is 2; expected 0, 1'],
    [
      'bootstrap values',
      { ...good, bootstrapValues: [1] },
      'SHAPE_MISMATCH',
      'bootstrapValues',
      'of 1 numbers; expected 2',
    ],
    [
      'half a time limit',
      { ...good, truncated: [[0, 1], [0]] },
      'MISSING_INPUT',
      'truncationValues',
      'because truncated is given',
    ],
    [
      'a limit without value',
      { ...good, truncated: [[0, 1], [0]], truncationValues: [[0, Number.NaN], [0]] },
      'NOT_FINITE',
      'truncationValues[0][1]',
      'NaN',
    ],
    [
      'an unknown name',
      { ...good, reward: [] },
      'INVALID_OPTION',
      'reward',
      'no reward; expected one of rewards',
    ],
    ['no object', null, 'INVALID_OPTION', 'generalizedAdvantageEstimation', 'got null'],
  ])('%s', (_, input, code, parameter, message) => {
    const refusal = { code, parameter, message: expect.stringContaining(message) }
    // What plain JavaScript may pass.
    expect(() => gae(input as unknown as typeof good)).toThrow(expect.objectContaining(refusal))
  })

  it.each([
    [{ gamma: 1.5 }, 'INVALID_OPTION', 'gamma is 1.5; expected a finite number from 0 to 1'],
    [{ lambda: Number.NaN }, 'INVALID_OPTION', 'lambda is NaN'],
    [
      { convention: 'trl' },
      'INVALID_OPTION',
      'convention is the string "trl"; expected one of verl, openrlhf',
    ],
    [{ lamda: 1 }, 'INVALID_OPTION', 'no lamda; expected one of gamma, lambda, convention'],
  ])('%o', (options, code, message) => {
    const refusal = { code, message: expect.stringContaining(message) }
    expect(() => gae(good, options as object)).toThrow(expect.objectContaining(refusal))
  })

  it('overflow is refused, not returned', () => {
    const huge = { rewards: [[1e308, 1e308]], values: [[0, 0]] }
    const refusal = { code: 'OVERFLOW', parameter: 'result[0][0]' }
    expect(() => gae(huge, { lambda: 1 })).toThrow(expect.objectContaining(refusal))
    const single = { data: new Float32Array([3e38, 3e38]), shape: [1, 2] as const }
    expect(() => discountedReturns({ rewards: single })).toThrow(expect.objectContaining(refusal))
  })

  it('errors are recognised by their mark', () => {
    try {
      gae({ rewards: [[1]], values: [] })
      expect.unreachable()
    } catch (error) {
      expect(AdvantageError.isInstance(error)).toBe(true)
      expect(AdvantageError.isInstance(new Error('no'))).toBe(false)
    }
  })
})
