import { describe, expect, it } from 'vitest'
import { precomputed } from './precomputed'

const matrix = { data: Float32Array.of(1, 2, 3, 4, 1, 2), rows: 3, columns: 2 }
const texts = ['a', 'b', 'a']

describe('precomputed', () => {
  it('looks vectors up by their text', async () => {
    const found = await precomputed(matrix, texts).embed(['b', 'a', 'b'])
    expect(found).toEqual({ data: Float32Array.of(3, 4, 1, 2, 3, 4), rows: 3, columns: 2 })
  })

  it('quotes the beginning of a text it has no vector for', async () => {
    const long = `An unknown text ${'x'.repeat(200)}`
    await expect(precomputed(matrix, texts).embed(['a', long])).rejects.toMatchObject({
      code: 'UNKNOWN_TEXT',
      message: expect.stringContaining(`"An unknown text ${'x'.repeat(44)}…"`),
    })
  })

  it('has an id that changes with any text or number', () => {
    const other = { ...matrix, data: Float32Array.of(1, 2, 3, 5, 1, 2) }
    const ids = [precomputed(matrix, texts), precomputed(other, texts), precomputed(matrix, ['a', 'c', 'a'])]
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3)
    expect(precomputed({ ...matrix }, [...texts]).id).toBe(ids[0]!.id)
  })

  it.each([
    [matrix, ['a', 'b'], 'gave { data: Float32Array(6), rows: 3, columns: 2 } for 2 texts'],
    [{ ...matrix, data: new Float32Array(5) }, texts, 'data: Float32Array(5), rows: 3, columns: 2 }'],
    [matrix, ['a', 'a', 'b'], 'text "a" has two vectors, in rows 0 and 1'],
    [{ ...matrix, data: Float32Array.of(1, 2, 3, Number.NaN, 1, 2) }, texts, 'text 1 ("b"), column 1 is NaN'],
  ])('refuses what does not belong together (%#)', (vectors, names, message) => {
    expect(() => precomputed(vectors, names)).toThrow(message)
  })
})
