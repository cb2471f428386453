import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { gae, tdLambdaReturns, type VTraceOptions, vTrace } from '../index'

interface Row extends GoldenRow {
  rewards: number[]
  values: number[]
  logRatios: number[]
  bootstrapValue: number
  terminated: number[]
  truncated: number[]
  truncationValues: number[]
  options: Required<VTraceOptions>
  targets: number[]
  advantages: number[]
}

const { rows } = readGoldens<{ rows: Row[] }>('v-trace')

describe('vTrace', () => {
  it.each(rows.map((row) => [JSON.stringify(row.options), row] as const))('against rlax, %s', (_, row) =>
    evidenceFor(row.functions, ({ vTrace }) => {
      const input = {
        rewards: [row.rewards],
        values: [row.values],
        logRatios: [row.logRatios],
        bootstrapValues: [row.bootstrapValue],
        terminated: [row.terminated],
        truncated: [row.truncated],
        truncationValues: [row.truncationValues],
      }
      const { targets, advantages } = vTrace(input, row.options)
      expectClose(targets, [row.targets])
      expectClose(advantages, [row.advantages])
    }),
  )

  const number = fc.double({ min: -100, max: 100, noNaN: true })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const step = fc.record({
    reward: number,
    value: number,
    logRatio: fc.double({ min: -5, max: 5, noNaN: true }),
    mask: fc.integer({ min: 0, max: 1 }),
  })
  const trajectory = fc.array(step, { maxLength: 7 })
  const columns = (row: { reward: number; value: number; logRatio: number; mask: number }[]) => ({
    rewards: [row.map(({ reward }) => reward)],
    values: [row.map(({ value }) => value)],
    logRatios: [row.map(({ logRatio }) => logRatio)],
    mask: [row.map(({ mask }) => mask)],
  })

  it('on its own policy gives the returns of TD(λ), and with λ = 1 the advantages of GAE', () => {
    fc.assert(
      fc.property(trajectory, share, share, (row, gamma, lambda) => {
        const input = columns(row.map((one) => ({ ...one, logRatio: 0 })))
        const { logRatios: _, ...valued } = input
        const near = (got: number[][], want: number[][]) => {
          for (const [t, value] of got[0]!.entries())
            expect(Math.abs(value - want[0]![t]!)).toBeLessThan(1e-10)
        }
        near(vTrace(input, { gamma, lambda }).targets, tdLambdaReturns(valued, { gamma, lambda }))
        near(vTrace(input, { gamma }).advantages, gae(valued, { gamma, lambda: 1 }).advantages)
      }),
    )
  })

  it('skips masked steps, whatever they hold', () => {
    fc.assert(
      fc.property(trajectory, share, (row, gamma) => {
        const junk = { reward: Number.NaN, value: Infinity, logRatio: Number.NaN, mask: 0 }
        const got = vTrace(columns(row.map((one) => (one.mask === 1 ? one : junk))), { gamma })
        const want = vTrace(columns(row.filter(({ mask }) => mask === 1)), { gamma })
        for (const name of ['targets', 'advantages'] as const) {
          expect(got[name][0]!.filter((_, t) => row[t]!.mask === 1)).toEqual(want[name][0])
          expect(got[name][0]!.filter((x, t) => row[t]!.mask === 0 && x !== 0)).toEqual([])
        }
      }),
    )
  })

  it('bounds infinite ratios, learns nothing from ratios of 0, and refuses NaN', () => {
    const input = { rewards: [[1, 1]], values: [[0, 0]], logRatios: [[Infinity, -Infinity]] }
    expect(vTrace(input)).toEqual({ targets: [[1, 0]], advantages: [[1, 0]] })
    const refusal = (code: string) => expect.objectContaining({ code })
    expect(() => vTrace(input, { rhoClip: Infinity })).toThrow(refusal('OVERFLOW'))
    expect(() => vTrace(input, { rhoClip: 0 })).toThrow(refusal('INVALID_OPTION'))
    expect(() => vTrace({ ...input, logRatios: [[0, Number.NaN]] })).toThrow(refusal('NOT_FINITE'))
  })
})
