import { describe, expect, it } from 'vitest'
import { joinLoggers, type Logger } from './logger'

const recording = (told: unknown[], log: Logger['log'] = async () => {}): Logger => ({
  keep: async (records) => void told.push(['keep', records]),
  log: async (records) => {
    await log(records)
    told.push(['log', records])
  },
  distributions: async (distributions) => void told.push(['distributions', distributions]),
  close: async (outcome) => void told.push(['close', outcome]),
})

describe('joinLoggers', () => {
  it('tells all of them everything', async () => {
    const [first, second]: [unknown[], unknown[]] = [[], []]
    const joined = joinLoggers([recording(first), recording(second)])
    const records = [{ stage: 'sft', step: 1, loss: 2 }]
    const distributions = { stage: 'sft', step: 1, values: { loss: [1, 3] } }
    await joined.keep(records)
    await joined.log(records)
    await joined.distributions(distributions)
    await joined.close('killed')
    expect(first).toEqual([
      ['keep', records],
      ['log', records],
      ['distributions', distributions],
      ['close', 'killed'],
    ])
    expect(second).toEqual(first)
  })

  it('throws the first error once the others have been told', async () => {
    const told: unknown[] = []
    const full = new Error('disk full')
    const failing = recording([], () => Promise.reject(full))
    const slow = recording(told, () => new Promise((resolve) => setTimeout(resolve, 5)))
    await expect(joinLoggers([failing, slow]).log([])).rejects.toBe(full)
    expect(told).toEqual([['log', []]])
  })
})
