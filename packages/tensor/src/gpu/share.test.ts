import { describe, expect, it, vi } from 'vitest'
import { share } from './share'

describe('share', () => {
  it('frees what nobody holds, once', () => {
    const free = vi.fn()
    const shared = share('it', free)
    const [one, other] = [shared(), shared()]
    one.letGo()
    one.letGo()
    expect([other.value, free.mock.calls.length]).toEqual(['it', 0])
    other.letGo()
    other.letGo()
    expect(free).toHaveBeenCalledTimes(1)
  })
})
