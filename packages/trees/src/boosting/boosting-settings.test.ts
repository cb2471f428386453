import { afterEach, describe, expect, it, vi } from 'vitest'
import { threadsOf } from './boosting-settings'

const matrix = (rows: number, columns: number) => ({ data: new Float32Array(), rows, columns })

const withCores = (hardwareConcurrency: number) => vi.stubGlobal('navigator', { hardwareConcurrency })

describe('threadsOf', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('starts no thread that small data would not keep busy', () => {
    withCores(16)
    expect(threadsOf({}, matrix(300, 2))).toBe(1)
    expect(threadsOf({}, matrix(20_000, 28))).toBe(4)
    expect(threadsOf({}, matrix(1_000_000, 28))).toBe(4)
    expect(threadsOf({}, matrix(80_000, 2048))).toBe(16)
  })

  it('takes no more than there are, and what it is told', () => {
    withCores(2)
    expect(threadsOf({}, matrix(80_000, 2048))).toBe(2)
    expect(threadsOf({ threads: 7 }, matrix(300, 2))).toBe(7)
    expect(() => threadsOf({ threads: 1.5 }, matrix(300, 2))).toThrow('threads is 1.5; expected an integer')
  })
})
