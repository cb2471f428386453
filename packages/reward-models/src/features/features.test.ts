import { type Comparison, splitOf } from '@prefkit/datasets'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Embedder } from '../embedders/embedder'
import type { Matrix } from '../matrix'
import type { FeaturePart } from './feature-parts'
import { featurize } from './featurize'
import { pairsFromComparisons, questionOf } from './pairs-from-comparisons'
import { surfaceFeatureNames, surfaceFeatures } from './surface-features'

/** Length and number of vowels; remembers what it was asked. */
function vowelEmbedder() {
  const asked: string[] = []
  const embedder: Embedder = {
    id: 'vowels',
    embed: async (texts, { onProgress } = {}) => {
      asked.push(...texts)
      onProgress?.(texts.length, texts.length)
      const data = texts.flatMap((text) => [text.length, text.match(/[aeiou]/g)?.length ?? 0])
      return { data: Float32Array.from(data), rows: texts.length, columns: 2 }
    },
  }
  return { embedder, asked }
}

const rowsOf = async (parts: readonly FeaturePart[], items: { prompt: string; response: string }[]) => {
  const { embedder, asked } = vowelEmbedder()
  const { data, rows, columns } = await featurize(items, { embedder, parts })
  return {
    asked,
    rows: Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]),
  }
}

describe('featurize', () => {
  const items = [
    { prompt: 'aab', response: 'ae' },
    { prompt: 'aab', response: '' },
  ]

  it('puts the parts side by side, in their order', async () => {
    const { rows } = await rowsOf(['prompt', 'response', 'product', 'difference', 'cosine'], items)
    const cosine = Math.fround((3 * 2 + 2 * 2) / Math.sqrt(13 * 8))
    expect(rows).toEqual([
      [3, 2, 2, 2, 6, 4, 1, 0, cosine],
      [3, 2, 0, 0, 0, 0, 3, 2, 0],
    ])
    expect((await rowsOf(['cosine', 'prompt'], items)).rows[0]).toEqual([cosine, 3, 2])
  })

  it('embeds each distinct text once, and only what the parts read', async () => {
    expect((await rowsOf(['response', 'product'], [...items, ...items])).asked.toSorted()).toEqual([
      '',
      'aab',
      'ae',
    ])
    expect((await rowsOf(['response'], items)).asked).toEqual(['ae', ''])
    expect((await rowsOf(['surface'], items)).asked).toEqual([])
    expect((await rowsOf(['surface'], items)).rows[0]).toEqual([...Float32Array.from(surfaceFeatures('ae'))])
  })

  it.each([
    [[], 'got none'],
    [['answer'], 'got answer'],
    [['response', 'response'], 'got response twice'],
  ])('refuses the parts %j', async (parts, message) => {
    await expect(rowsOf(parts as FeaturePart[], items)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(message),
    })
  })

  it.each([
    [
      undefined,
      'gave undefined for 3 texts; expected { data, rows, columns }: a Float32Array of rows × columns',
    ],
    [[[1], [2], [3]], 'gave Array(3) for 3 texts'],
    [{ data: [1, 2, 3], rows: 3, columns: 1 }, 'gave { data: Array(3), rows: 3, columns: 1 }'],
    [
      { data: new Float32Array(1), rows: 3, columns: 2 },
      'gave { data: Float32Array(1), rows: 3, columns: 2 }',
    ],
    [
      { data: new Float32Array(2), rows: 1, columns: 2 },
      'gave { data: Float32Array(2), rows: 1, columns: 2 }',
    ],
    [{ data: new Float32Array(3), rows: 3 }, 'rows: 3, columns: undefined }'],
    [{ data: new Float32Array(0), rows: 3, columns: 0 }, 'with one row of at least one number for each text'],
  ])('refuses an embedder that gives %j', async (vectors, message) => {
    const embedder = { id: 'mine', embed: async () => vectors as unknown as Matrix }
    const features = featurize([{ prompt: 'p', response: 'a' }, ...items], { embedder, parts: ['response'] })
    await expect(features).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: expect.stringMatching(/^embedder mine: gave /),
    })
    await expect(features).rejects.toThrow(message)
  })

  it('refuses an embedder that gives numbers which are not finite, quoting the text', async () => {
    const vectors = { data: Float32Array.of(1, Number.NaN), rows: 2, columns: 1 }
    const embedder = { id: 'mine', embed: async () => vectors }
    await expect(featurize(items, { embedder, parts: ['response'] })).rejects.toMatchObject({
      code: 'NOT_FINITE',
      message: 'embedder mine: the vector of text 1 (""), column 0 is NaN, not finite',
    })
  })
})

describe('surfaceFeatures', () => {
  it('are finite numbers, one for each name, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const values = surfaceFeatures(text)
        expect(values.length).toBe(surfaceFeatureNames.length)
        expect(values.every(Number.isFinite)).toBe(true)
      }),
    )
  })

  it('count what they say', () => {
    const text = 'Is THIS it? Yes! "He said so", I think; 42 of them.\nSee https://a.b'
    const found = Object.fromEntries(surfaceFeatureNames.map((name, i) => [name, surfaceFeatures(text)[i]]))
    // Is THIS it Yes He said so I think 42 of them See https a b
    const words = 16
    expect(found).toMatchObject({
      logCharacters: Math.log1p(text.length),
      logWords: Math.log1p(words),
      longWords: 0,
      questions: 1 / words,
      exclamations: 1 / words,
      quotations: 2 / words,
      digits: 2 / text.length,
      capitals: 9 / text.length,
      startsCapital: 1,
      endsSentence: 0,
      links: Math.log1p(1),
      firstPerson: 1 / words,
      logLines: Math.log1p(1),
    })
  })
})

describe('pairsFromComparisons', () => {
  const comparison = (
    prompt: Comparison['prompt'],
    chosen: string,
    rejected: string,
    more = {},
  ): Comparison => ({
    id: `${prompt}/${chosen}`,
    prompt,
    chosen,
    rejected,
    ...more,
  })
  const pairs = (comparisons: readonly Comparison[], groupOf?: (c: Comparison) => string) =>
    pairsFromComparisons(comparisons, { embedder: vowelEmbedder().embedder, parts: ['response'], groupOf })

  it('give a response in several pairs one row, and pairs of one prompt one group', async () => {
    const data = await pairs([
      comparison('p', 'a', 'bb'),
      comparison('p', 'bb', 'ccc'),
      comparison('q', 'a', 'bb'),
      comparison('', 'a', 'bb'),
      comparison('', 'a', 'dddd'),
    ])
    expect(data.features.rows).toBe(8)
    expect([...data.groups!]).toEqual([0, 0, 1, 2, 3])
    const lengths = (rows: Int32Array) => Array.from(rows, (row) => data.features.data[2 * row])
    expect(lengths(data.chosen)).toEqual([1, 2, 1, 1, 1])
    expect(lengths(data.rejected)).toEqual([2, 3, 2, 2, 4])
    expect(data.chosen[1]).toBe(data.rejected[0])
    expect('preference' in data || 'margin' in data).toBe(false)
  })

  it('group by prompt as splitByPrompt does, so that hold-out and test split agree', async () => {
    const chat = [{ role: 'user', content: 'Why  not?' }] as const
    const comparisons = [
      comparison('Why not?', 'a', 'b'),
      comparison(' why\nNOT? ', 'c', 'd'),
      comparison(chat, 'e', 'f'),
      comparison('', 'One', 'two'),
      comparison('', 'TWO ', 'one'),
      comparison('', 'one', 'three'),
    ]
    const { groups } = await pairs(comparisons)
    expect([...groups!]).toEqual([0, 0, 0, 1, 1, 2])
    for (let seed = 0; seed < 20; seed++) {
      const sideOf = (one: Comparison) => splitOf(one, { fractions: { train: 0.5, test: 0.5 }, seed })
      comparisons.forEach((one, i) => {
        expect(sideOf(one)).toBe(sideOf(comparisons[groups!.indexOf(groups![i]!)]!))
      })
    }
  })

  it('take over shares of votes, margins and other groups', async () => {
    const data = await pairs(
      [
        comparison('p', 'a', 'b', { preference: 0.75, source: 's' }),
        comparison('q', 'a', 'b', { margin: 2, source: 's' }),
      ],
      ({ source }) => source!,
    )
    expect([...data.preference!]).toEqual([0.75, 1])
    expect([...data.margin!]).toEqual([0, 2])
    expect([...data.groups!]).toEqual([0, 0])
  })

  it('leave shares of votes out for hard labels', async () => {
    const { embedder } = vowelEmbedder()
    const comparisons = [comparison('p', 'a', 'b', { preference: 0.75 })]
    const data = await pairsFromComparisons(comparisons, { embedder, parts: ['response'], softLabels: false })
    expect('preference' in data).toBe(false)
  })

  it('count distinct texts as progress', async () => {
    const seen: number[][] = []
    const comparisons = [comparison('p', 'a', 'b'), comparison('p', 'b', 'c'), comparison('p', 'a', 'c')]
    const { embedder } = vowelEmbedder()
    const onProgress = (...counts: number[]) => seen.push(counts)
    await pairsFromComparisons(comparisons, { embedder, parts: ['response', 'prompt'] }, { onProgress })
    expect(seen).toEqual([[4, 4]])
  })

  it('let the last turn of the user stand for a chat', () => {
    const turn = (role: 'user' | 'assistant' | 'system', content: string) => ({ role, content })
    expect(
      questionOf({ prompt: [turn('user', 'first'), turn('assistant', 'x'), turn('user', 'last')] }),
    ).toBe('last')
    expect(questionOf({ prompt: 'plain' })).toBe('plain')
    expect(questionOf({ prompt: '' })).toBe('')
  })

  it('refuse an empty list', async () => {
    await expect(pairs([])).rejects.toMatchObject({ code: 'EMPTY' })
  })
})
