import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadGolden } from '../goldens/load-goldens'
import { type Candidates, keepFrom, kthLargest } from './candidates'
import { drawAt, drawBest } from './draw'
import { expOfNegative } from './exp-of-negative'
import { processorsOf, type SamplingSettings } from './processors'
import { uniformsOf } from './random'

const idle: SamplingSettings = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 }

/** Logits of the whole vocabulary; −∞ for what was left out. */
function spread({ ids, logits }: Candidates, vocabSize: number): Float32Array {
  const all = new Float32Array(vocabSize).fill(Number.NEGATIVE_INFINITY)
  logits.forEach((logit, i) => {
    all[ids?.[i] ?? i] = logit
  })
  return all
}

const process = (logits: Float32Array, settings: Partial<SamplingSettings>, previous: number[] = []) =>
  spread(processorsOf({ ...idle, ...settings })({ ids: undefined, logits }, new Set(previous)), logits.length)

interface Warped {
  readonly name: string
  readonly logits: readonly (number | null)[]
  readonly previous: number[]
  readonly settings: Partial<SamplingSettings>
  readonly processed: readonly (number | null)[]
}

const numbersOf = (values: readonly (number | null)[]) =>
  Float32Array.from(values, (value) => value ?? Number.NEGATIVE_INFINITY)

describe('logits before a token is drawn are those of transformers', () => {
  const { warped } = loadGolden<{ warped: Warped[] }>('generate.json')
  it.each(warped)('$name, $settings', ({ logits, previous, settings, processed }) => {
    const found = process(numbersOf(logits), settings, previous)
    // Two roundings of f32, where transformers may multiply by what we divide by.
    numbersOf(processed).forEach((expected, i) => {
      if (expected === Number.NEGATIVE_INFINITY) expect(found[i]).toBe(expected)
      else expect(Math.abs(found[i]! - expected)).toBeLessThanOrEqual(2.4e-7 * Math.abs(expected))
    })
  })
})

const someLogits = fc
  .array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 200 })
  .map((values) => Float32Array.from(values))

/** Logits of which many are equal. */
const tiedLogits = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 60 })
  .map((values) => Float32Array.from(values))

const anyLogits = fc.oneof(someLogits, tiedLogits)
const kept = (logits: Float32Array) => [...logits.keys()].filter((i) => logits[i]! > Number.NEGATIVE_INFINITY)
const probabilities = (logits: Float32Array): number[] => {
  const best = Math.max(...logits)
  const weights = Array.from(logits, (logit) => Math.exp(logit - best))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}
/** By sorting everything: the order in which tokens are taken. */
const ranked = (logits: Float32Array): number[] =>
  [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b)

describe('properties', () => {
  it('top-k keeps k tokens and those that equal the last of them', () => {
    fc.assert(
      fc.property(anyLogits, fc.integer({ min: 1, max: 210 }), (logits, topK) => {
        const least = [...logits].sort((a, b) => b - a)[Math.min(topK, logits.length) - 1]!
        const expected = [...logits.keys()].filter((i) => logits[i]! >= least)
        expect(kept(process(logits, { topK }))).toEqual(expected)
      }),
    )
  })

  it('the k-th largest is that of a sorted list, however often the buffer is full', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 700 }),
        fc.integer({ min: 1, max: 90 }),
        (values, k) => {
          fc.pre(k <= values.length)
          expect(kthLargest(Float32Array.from(values), k)).toBe(
            Float32Array.from(values).sort()[values.length - k],
          )
        },
      ),
    )
  })

  it('top-p keeps the first tokens, most probable first, until their probabilities reach p', () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (logits, topP) => {
        const p = probabilities(logits)
        const order = ranked(logits)
        const before = order.map((_, n) => order.slice(0, n).reduce((sum, id) => sum + p[id]!, 0))
        // Where a sum is p but for rounding, either is right.
        fc.pre(before.every((sum) => Math.abs(sum - topP) > 1e-9))
        const expected = order.filter((_, n) => before[n]! < topP).sort((a, b) => a - b)
        expect(kept(process(logits, { topP }))).toEqual(expected)
      }),
    )
  })

  it('min-p keeps what is probable enough against the best', () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0.01, max: 1, noNaN: true }), (logits, minP) => {
        const p = probabilities(logits)
        const best = Math.max(...p)
        const likeliest = Math.max(...logits)
        // Where a ratio is min-p but for rounding, either is right.
        fc.pre(p.every((each, i) => logits[i] === likeliest || Math.abs(each - minP * best) > 1e-9))
        const expected = [...p.keys()].filter((i) => p[i]! >= minP * best)
        expect(kept(process(logits, { minP }))).toEqual(expected)
      }),
    )
  })

  it('something is left of logits of any size by any settings, whatever probability they ask for', () => {
    const size = fc.constantFrom(1, 1e10, 1e17, 1e30, 3e38)
    const tiny = fc.constantFrom(5e-324, 1e-300, 1e-38, 1e-17, 1e-16, 1e-3, 1)
    const logits = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(logits, size, tiny, tiny, tiny, (values, by, temperature, topP, repetitionPenalty) => {
        const given = Float32Array.from(values, (value) => value * by)
        const settings = { ...idle, temperature, topP, repetitionPenalty }
        const left = processorsOf(settings)({ ids: undefined, logits: given }, new Set([0]))
        const { id, logProb } = drawAt(left, 0.999)
        expect(id >= 0 && id < given.length).toBe(true)
        expect(Number.isFinite(logProb)).toBe(true)
      }),
    )
  })

  it('nothing is drawn of what are no numbers', () => {
    const logits = Float32Array.of(Number.NaN, Number.NaN)
    expect(() => drawAt({ ids: undefined, logits }, 0.5)).toThrow(
      expect.objectContaining({ code: 'NOT_FINITE' }),
    )
  })

  it('something is left by any settings, ids ascend, and the best is among it', () => {
    const settings = fc.record({
      temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
      topK: fc.integer({ min: 0, max: 50 }),
      topP: fc.double({ min: 0.001, max: 1, noNaN: true }),
      minP: fc.double({ min: 0, max: 1, noNaN: true }),
      repetitionPenalty: fc.constant(1),
    })
    fc.assert(
      fc.property(anyLogits, settings, (logits, each) => {
        const candidates = processorsOf(each)({ ids: undefined, logits }, [])
        const ids = Array.from(candidates.ids ?? logits.keys())
        expect(ids).toEqual([...ids].sort((a, b) => a - b))
        expect(ids).toContain(ranked(logits)[0])
      }),
    )
  })

  it('settings that change nothing copy nothing', () => {
    const candidates: Candidates = { ids: undefined, logits: Float32Array.of(1, 2, 3) }
    expect(processorsOf({ ...idle, temperature: 0 })(candidates, [])).toBe(candidates)
  })

  it('as many of equal candidates stay as are asked for, the lowest ids', () => {
    const { ids } = keepFrom({ ids: Int32Array.of(4, 6, 8, 9), logits: Float32Array.of(1, 2, 1, 1) }, 1, 2)
    expect([...ids!]).toEqual([4, 6, 8])
  })
})

describe('drawing', () => {
  it('takes each candidate for its share of [0, 1), and names its log-probability', () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (logits, at) => {
        const p = probabilities(logits)
        const ends = p.map((_, i) => p.slice(0, i + 1).reduce((a, b) => a + b, 0))
        fc.pre(ends.every((end) => Math.abs(end - at) > 1e-9))
        const id = ends.findIndex((end) => end > at)
        const drawn = drawAt({ ids: undefined, logits }, at)
        expect(drawn.id).toBe(id)
        expect(Math.abs(drawn.logProb - Math.log(p[id]!))).toBeLessThan(1e-9)
      }),
    )
  })

  it('log-probabilities of all candidates are those of a distribution', () => {
    const ids = Int32Array.of(3, 7, 20)
    const candidates = { ids, logits: Float32Array.of(0.5, -1, 2) }
    const found = new Map(
      Array.from({ length: 1000 }, (_, i) => drawAt(candidates, i / 1000)).map(
        ({ id, logProb }) => [id, Math.exp(logProb)] as const,
      ),
    )
    expect([...found.keys()]).toEqual([...ids])
    expect([...found.values()].reduce((a, b) => a + b)).toBeCloseTo(1, 12)
  })

  it('what cannot come is never drawn, at the ends of [0, 1) either', () => {
    const logits = Float32Array.of(Number.NEGATIVE_INFINITY, 1, 0, Number.NEGATIVE_INFINITY)
    expect(drawAt({ ids: undefined, logits }, 0).id).toBe(1)
    expect(drawAt({ ids: undefined, logits }, 1 - 2 ** -53).id).toBe(2)
  })

  it('the best of equals is the lowest id', () => {
    expect(drawBest({ ids: undefined, logits: Float32Array.of(1, 3, 3, 2) })).toEqual({ id: 1, logProb: 0 })
    expect(drawBest({ ids: Int32Array.of(5, 9), logits: Float32Array.of(2, 2) }).id).toBe(5)
  })

  it('powers of e are those of Math.exp', () => {
    fc.assert(
      fc.property(fc.double({ min: -709, max: 0, minExcluded: true, noNaN: true }), (x) => {
        const exact = Math.exp(x)
        expect(Math.abs(expOfNegative(x) - exact)).toBeLessThanOrEqual(1e-12 * exact)
      }),
      { numRuns: 2000 },
    )
    expect([0, -709, Number.NEGATIVE_INFINITY].map(expOfNegative)).toEqual([1, 0, 0])
  })

  it('numbers depend on each key, and are uniform', () => {
    const first = (...keys: number[]) => uniformsOf(...keys)()
    const keys = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [-1, 0, 0],
      [2 ** 40, 0, 0],
    ]
    expect(new Set(keys.map((each) => first(...each))).size).toBe(keys.length)
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i++) counts[Math.floor(first(7, i, 3) * 10)]!++
    // χ² of 9 degrees of freedom is below 27.9 in all but one of a thousand seeds.
    expect(counts.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(27.9)
  })
})
