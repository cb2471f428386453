import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { stopProperlyRewards } from '../index'

interface Row extends GoldenRow {
  coefficient: number
  rewards: number[]
  truncated: boolean[]
  stopped: number[]
}

const goldens = readGoldens<{ lengths: { stopped: Row[] } }>('shaping')
const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('stopProperlyRewards', () => {
  it.each(goldens.lengths.stopped)(
    'against $reference, coefficient $coefficient',
    ({ functions, rewards, truncated, coefficient, stopped }) =>
      evidenceFor(functions, ({ stopProperlyRewards }) => {
        expectClose([stopProperlyRewards(rewards, truncated, { coefficient })], [stopped])
      }),
  )

  it('refuses invalid input', () => {
    expect(() => stopProperlyRewards([1], [true], { coefficient: 2 })).toThrow(
      refusing('INVALID_OPTION', 'coefficient is 2; expected a finite number'),
    )
    expect(() => stopProperlyRewards([1], [], { coefficient: 1 })).toThrow(
      refusing('SHAPE_MISMATCH', 'truncated'),
    )
    // What plain JavaScript may pass.
    const two = [2] as unknown as boolean[]
    expect(() => stopProperlyRewards([1], two, { coefficient: 1 })).toThrow(
      refusing('OUT_OF_RANGE', 'truncated[0]'),
    )
  })
})
