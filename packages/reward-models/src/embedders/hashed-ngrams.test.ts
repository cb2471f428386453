import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Matrix } from '../matrix'
import { type HashedNgramsOptions, hashedNgrams } from './hashed-ngrams'
import { murmur3 } from './murmur3'

const row = ({ data, columns }: Matrix, i: number) => data.slice(i * columns, (i + 1) * columns)
const norm = (values: Float32Array) => Math.sqrt(values.reduce((total, value) => total + value * value, 0))

const wordSeed = 0
const characterSeed = 0x9e3779b9

/** The vector of n-grams written out by hand, by the definition. */
function vectorOf(ngrams: readonly (readonly [text: string, count: number, seed: number])[], size: number) {
  const sums = new Float64Array(size)
  for (const [text, count, seed] of ngrams) {
    const hash = murmur3(new TextEncoder().encode(text), seed)
    sums[(hash >>> 1) % size]! += (hash & 1 ? -1 : 1) * (1 + Math.log(count))
  }
  const length = Math.hypot(...sums)
  return Float32Array.from(sums, (value) => value / length)
}

const embedOne = async (text: string, options: Partial<HashedNgramsOptions>) =>
  row(await hashedNgrams(options).embed([text]), 0)

describe('hashedNgrams', () => {
  it('counts words and runs of words, each mark of punctuation as a word', async () => {
    const expected = vectorOf(
      [
        ['we', 2, wordSeed],
        ['agree', 1, wordSeed],
        [',', 1, wordSeed],
        ['do', 1, wordSeed],
        ['we agree', 1, wordSeed],
        ['agree ,', 1, wordSeed],
        [', do', 1, wordSeed],
        ['do we', 1, wordSeed],
      ],
      64,
    )
    const options = { dimensions: 64, characters: null }
    expect(await embedOne('We agree,\n do\twe', options)).toEqual(expected)
  })

  it('counts characters inside what stands between spaces, short ones once', async () => {
    const expected = vectorOf(
      [
        [' a ', 1, characterSeed],
        [' né', 2, characterSeed],
        ['née', 2, characterSeed],
        ['ée ', 2, characterSeed],
        [' née', 2, characterSeed],
        ['née ', 2, characterSeed],
      ],
      64,
    )
    const options = { dimensions: 64, words: null, characters: [3, 4] as const }
    expect(await embedOne('a née NÉE', options)).toEqual(expected)
  })

  it('sees texts that NFKC and lower case make equal as equal', async () => {
    const { embed } = hashedNgrams()
    const vectors = await embed(['ﬁne É', 'FINE É', 'other'])
    expect(row(vectors, 0)).toEqual(row(vectors, 1))
    expect(row(vectors, 0)).not.toEqual(row(vectors, 2))
  })

  it('gives zeros for a text without words', async () => {
    const { data, rows, columns } = await hashedNgrams().embed(['', ' \n\t'])
    expect([rows, columns, data.every((value) => value === 0)]).toEqual([2, 2048, true])
  })

  it('has other vectors under another seed', async () => {
    expect(await embedOne('the same text', { seed: 1 })).not.toEqual(
      await embedOne('the same text', { seed: 2 }),
    )
  })

  it('gives rows of length 1 or 0, finite, that do not depend on the texts beside them', async () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 8 })
    const { embed } = hashedNgrams({ dimensions: 128 })
    await fc.assert(
      fc.asyncProperty(texts, async (batch) => {
        const vectors = await embed(batch)
        const reversed = await embed([...batch].reverse())
        for (let i = 0; i < batch.length; i++) {
          const values = row(vectors, i)
          const length = norm(values)
          expect(values).toEqual(row(reversed, batch.length - 1 - i))
          // Squares of 128 numbers rounded to float32 (6e-8 each).
          expect(length === 0 || Math.abs(length - 1) < 1e-6).toBe(true)
        }
      }),
    )
  })

  it('reports progress and stops at a signal', async () => {
    const texts = Array.from({ length: 600 }, (_, i) => `text ${i}`)
    const stop = new AbortController()
    const seen: number[][] = []
    const onProgress = (count: number, total: number) => {
      seen.push([count, total])
      if (count === 512) stop.abort(new Error('enough'))
    }
    await expect(hashedNgrams().embed(texts, { signal: stop.signal, onProgress })).rejects.toThrow('enough')
    expect(seen).toEqual([
      [0, 600],
      [256, 600],
      [512, 600],
    ])
  })

  it('names everything that changes the vectors in its id', () => {
    const variants = [{}, { dimensions: 512 }, { words: null }, { characters: [2, 3] as const }, { seed: 9 }]
    const ids = variants.map((options) => hashedNgrams(options).id)
    expect(new Set(ids).size).toBe(variants.length)
    expect(ids[0]).toBe('hashedNgrams:1:dimensions=2048,words=1-2,characters=3-5,seed=0')
  })

  it.each([
    [{ dimensions: 0 }, 'hashedNgrams: dimensions: expected a whole number ≥ 1, got 0'],
    [{ words: [2, 1] }, 'hashedNgrams: words: expected [smallest, largest], whole numbers ≥ 1 in order'],
    [{ seed: -1 }, 'hashedNgrams: seed: expected a whole number in [0, 2³²), got -1'],
    [{ words: null, characters: null }, 'words and characters: expected one of them not null'],
    [{ size: 3 }, 'hashedNgrams: no option size; expected one of dimensions, words, characters, seed'],
  ])('refuses %j', (options, message) => {
    expect(() => hashedNgrams(options as Partial<HashedNgramsOptions>)).toThrow(message)
  })

  it('refuses a text that is not a string', async () => {
    await expect(hashedNgrams().embed(['a', 3 as unknown as string])).rejects.toThrow(
      'text 1: expected a string',
    )
  })
})
