import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { type OverlongConvention, overlongPenalties } from '../index'

interface Row extends GoldenRow {
  convention: OverlongConvention
  band: number
  factor: number
  penalties: number[]
}

const goldens = readGoldens<{ lengths: { lengths: number[]; penalties: Row[] } }>('shaping')
const { lengths, penalties } = goldens.lengths
const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('overlongPenalties', () => {
  it.each(penalties)(
    'against $reference, band $band',
    ({ functions, convention, band, factor, penalties: want }) =>
      evidenceFor(functions, ({ overlongPenalties }) => {
        expectClose([overlongPenalties(lengths, { maxLength: 100, band, factor, convention })], [want])
      }),
  )

  it('gives published numbers', () => {
    expect(overlongPenalties([90], { maxLength: 100, band: 20 })).toEqual([-0.5])
  })

  it('refuses invalid input', () => {
    const options = { maxLength: 10, band: 4 }
    expect(() => overlongPenalties([1.5], options)).toThrow(refusing('OUT_OF_RANGE', '1.5 for response 0'))
    expect(() => overlongPenalties([1], { ...options, band: 11 })).toThrow(
      refusing('INVALID_OPTION', 'band is 11; expected a finite number from 0 to 10'),
    )
    const none = { maxLength: 10, band: 0, convention: 'verl' } as const
    expect(() => overlongPenalties([1], none)).toThrow(refusing('INVALID_OPTION', 'band is 0'))
  })
})
