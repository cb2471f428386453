import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectTreesError } from '../testing/expect-trees-error'
import { type BoostingSettings, checkSettings, threadsOf } from './boosting-settings'

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

describe('checkSettings', () => {
  it.each([
    [null, 'settings are null; expected an object such as { threads: 2 }'],
    [[], 'settings are Array\\(0\\) \\[\\]; expected an object'],
    [{ thread: 2 }, "no setting 'thread'; did you mean threads?"],
    [{ callbacks: [] }, "no setting 'callbacks'; expected one of validation, threads"],
    [{ objective: 'binary' }, "objective is 'binary'; expected a function; .* the parameter objective"],
    [{ metric: 'auc' }, "metric is 'auc'; expected a function or an array .* the parameter metric"],
    [{ metric: [() => [], 'auc'] }, "metric is Array\\(2\\) \\[function, 'auc'\\]; expected a function"],
    [{ onWarning: 'x' }, "onWarning is 'x'; expected a function"],
    [{ onIteration: 1 }, 'onIteration is 1; expected a function'],
    [{ signal: {} }, 'signal is Object {}; expected an AbortSignal'],
    [{ validation: null }, 'validation is null; expected an object such as { valid: '],
    [{ validation: [{}] }, 'validation is Array\\(1\\) \\[Object\\]; expected an object'],
  ])('refuses %j', async (settings, message) => {
    // As plain JavaScript gives settings, past what the types allow.
    const work = () => checkSettings(settings as BoostingSettings)
    await expectTreesError(work, 'INVALID_PARAMETER', new RegExp(message))
  })

  it('takes those there are, undefined too', () => {
    const metric = [() => []]
    const given = { threads: 2, metric, signal: new AbortController().signal, onWarning: undefined }
    expect(() => checkSettings(given)).not.toThrow()
  })
})
