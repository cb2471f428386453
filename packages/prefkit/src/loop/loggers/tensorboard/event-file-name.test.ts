import { describe, expect, it } from 'vitest'
import { eventFileName } from './event-file-name'

describe('eventFileName', () => {
  it('tells the second', () => {
    expect(eventFileName([], 1_790_000_000_999)).toBe('events.out.tfevents.1790000000.prefkit')
    expect(eventFileName([], 5000)).toBe('events.out.tfevents.0000000005.prefkit')
  })

  it('comes after those that are there, whatever the clock says', () => {
    const there = [
      'events.out.tfevents.1790000007.prefkit',
      'events.out.tfevents.1790000003.host.1.0',
      'x.json',
    ]
    const name = eventFileName(there, 1_790_000_000_000)
    expect(name).toBe('events.out.tfevents.1790000008.prefkit')
    expect([...there.slice(0, 2), name].sort().at(-1)).toBe(name)
  })
})
