import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { optimalAdvantages } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

interface Row extends GoldenRow {
  name: string
  beta: number
  rewards: number[]
  referenceRewards: number[][]
  advantages: number[]
}

const goldens = readGoldens<{ optimal: Row[] }>('responses')

describe('optimalAdvantages', () => {
  it.each(goldens.optimal.map((row) => [row.name, row] as const))('against TRL, %s', (_, row) =>
    evidenceFor(row.functions, ({ optimalAdvantages }) => {
      const { beta, rewards, referenceRewards } = row
      expectClose([optimalAdvantages(rewards, referenceRewards, { beta })], [row.advantages])
    }),
  )

  it('V* lies between the mean and the best, which β tends to', () => {
    const reference = [[0, 1, 1, 4]]
    expect(-optimalAdvantages([0], reference, { beta: 1e-3 })[0]!).toBeCloseTo(4, 2)
    expect(-optimalAdvantages([0], reference, { beta: 1e6 })[0]!).toBeCloseTo(1.5, 5)
    expect(optimalAdvantages([2], [[2, 2, 2]])).toEqual([0])
    expect(optimalAdvantages([], [])).toEqual([])
  })

  it('refuses invalid input', () => {
    expect(() => optimalAdvantages([1], [[]])).toThrow(refusing('TOO_FEW', 'referenceRewards[0] is empty'))
    expect(() => optimalAdvantages([1], [[1]], { beta: 0 })).toThrow(refusing('INVALID_OPTION', 'beta is 0'))
    expect(() => optimalAdvantages([1], [[Infinity]])).toThrow(
      refusing('NOT_FINITE', 'referenceRewards[0][0]'),
    )
    expect(() => optimalAdvantages([1, 2], [[1]])).toThrow(refusing('SHAPE_MISMATCH', 'rewards'))
  })
})
