import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cachedEmbedder } from './cached-embedder'
import type { Embedder } from './embedder'
import { shardFolder, vectorKey, writeShard } from './vector-shards'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'prefkit-cache-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** The length of a text, its first code unit and a third; remembers what it was asked. */
function countingEmbedder(id = 'counting', columns = 3) {
  const asked: string[][] = []
  const vector = (text: string) => [text.length, text.charCodeAt(0) || 0, 1 / 3].slice(0, columns)
  const embedder: Embedder = {
    id,
    embed: async (texts) => {
      asked.push([...texts])
      return { data: Float32Array.from(texts.flatMap(vector)), rows: texts.length, columns }
    },
  }
  return { embedder, asked }
}

const shards = (id = 'counting') => readdir(shardFolder(directory, id))
const shardPath = async (id = 'counting') => join(shardFolder(directory, id), (await shards(id))[0]!)

describe('cachedEmbedder', () => {
  it('asks only for the distinct texts it does not have, also after a restart', async () => {
    const { embedder, asked } = countingEmbedder()
    const first = cachedEmbedder(embedder, { directory, batchSize: 2 })
    const plain = await embedder.embed(['b', 'aa', 'b', 'ccc'])
    expect(await first.embed(['b', 'aa', 'b', 'ccc'])).toEqual(plain)
    expect(asked.slice(1)).toEqual([['b', 'aa'], ['ccc']])
    const second = cachedEmbedder(embedder, { directory })
    expect(await second.embed(['d', 'ccc', 'aa'])).toEqual(await embedder.embed(['d', 'ccc', 'aa']))
    expect(asked[3]).toEqual(['d'])
    expect(second.id).toBe('counting')
  })

  it('gives what the embedder gives, whatever was asked before', async () => {
    const lists = fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 6 }), {
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 4 }), async (calls, batchSize) => {
        const { embedder } = countingEmbedder()
        const cached = cachedEmbedder(embedder, { directory, batchSize })
        for (const texts of calls) {
          const { data, rows } = await cached.embed(texts)
          expect([data, rows]).toEqual([(await embedder.embed(texts)).data, texts.length])
        }
      }),
      { numRuns: 30 },
    )
  })

  it('keeps embedders apart', async () => {
    const one = countingEmbedder('one')
    const two = countingEmbedder('two', 2)
    await cachedEmbedder(one.embedder, { directory }).embed(['x'])
    const { columns } = await cachedEmbedder(two.embedder, { directory }).embed(['x'])
    expect([two.asked.length, columns]).toEqual([1, 2])
  })

  it('reports progress over all texts, those it has first', async () => {
    const { embedder } = countingEmbedder()
    const cached = cachedEmbedder(embedder, { directory, batchSize: 2 })
    const seen: number[][] = []
    const onProgress = (...counts: number[]) => seen.push(counts)
    await cached.embed([], { onProgress })
    expect(seen).toEqual([])
    await cached.embed(['a', 'b'], { onProgress })
    await cached.embed(['a', 'c', 'c', 'd', 'e'], { onProgress })
    expect(seen).toEqual([
      [0, 2],
      [2, 2],
      [1, 5],
      [4, 5],
      [5, 5],
    ])
  })

  it('hands the signal and onRetry on, and counts progress itself', async () => {
    const seen: object[] = []
    const embedder: Embedder = {
      id: 'told',
      embed: async (texts, options = {}) => {
        seen.push(options)
        return { data: new Float32Array(texts.length), rows: texts.length, columns: 1 }
      },
    }
    const [{ signal }, onRetry] = [new AbortController(), () => {}]
    await cachedEmbedder(embedder, { directory }).embed(['a'], { signal, onRetry, onProgress: () => {} })
    expect(seen).toEqual([{ signal, onRetry }])
  })

  it('keeps the batches done before the embedder failed or was stopped', async () => {
    const { embedder, asked } = countingEmbedder()
    const stop = new AbortController()
    const failing: Embedder = {
      id: embedder.id,
      embed: async (texts, options) => {
        if (texts.includes('d')) throw new Error('out of order')
        return embedder.embed(texts, options)
      },
    }
    const failed = cachedEmbedder(failing, { directory, batchSize: 1 }).embed(['a', 'b', 'd', 'e'])
    await expect(failed).rejects.toThrow('out of order')
    const options = { signal: stop.signal, onProgress: (count: number) => count === 3 && stop.abort() }
    const stopped = cachedEmbedder(embedder, { directory, batchSize: 1 }).embed(['a', 'b', 'd', 'e'], options)
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(asked).toEqual([['a'], ['b'], ['d']])
    await cachedEmbedder(embedder, { directory }).embed(['a', 'b', 'd', 'e'])
    expect(asked.at(-1)).toEqual(['e'])
  })

  it('makes many small files one', async () => {
    const { embedder, asked } = countingEmbedder()
    const texts = Array.from({ length: 70 }, (_, i) => `text ${i}`)
    const before = cachedEmbedder(embedder, { directory, batchSize: 1 })
    await before.embed(texts)
    expect((await shards()).length).toBe(70)
    asked.length = 0
    const after = cachedEmbedder(embedder, { directory })
    expect(await after.embed(texts)).toEqual(await embedder.embed(texts))
    expect([(await shards()).length, asked.length]).toEqual([1, 1])
    expect(await cachedEmbedder(embedder, { directory }).embed(texts)).toEqual(await after.embed(texts))
  })

  it('is read whole by several at once, while each makes its small files one', async () => {
    const { embedder, asked } = countingEmbedder()
    const texts = Array.from({ length: 70 }, (_, i) => `text ${i}`)
    await cachedEmbedder(embedder, { directory, batchSize: 1 }).embed(texts)
    asked.length = 0
    const readers = Array.from({ length: 4 }, () => cachedEmbedder(embedder, { directory }))
    const found = await Promise.all(readers.map((reader) => reader.embed(texts)))
    expect(asked).toEqual([])
    const expected = await embedder.embed(texts)
    for (const vectors of found) expect(vectors).toEqual(expected)
  })

  it('passes over a file that is gone when it is its turn', async () => {
    const { embedder, asked } = countingEmbedder()
    await cachedEmbedder(embedder, { directory }).embed(['a'])
    await symlink('gone', (await shardPath()).replace(/[^/\\]+$/, '0000.safetensors'))
    await cachedEmbedder(embedder, { directory }).embed(['a'])
    expect(asked).toEqual([['a']])
  })

  it.each([
    ['cut off', (path: string) => truncate(path, 100)],
    ['empty', (path: string) => truncate(path, 0)],
    [
      'changed in one bit',
      async (path: string) => {
        const bytes = await readFile(path)
        bytes[bytes.length - 2]! ^= 1
        await writeFile(path, bytes)
      },
    ],
  ])('names a file that is %s, and goes on once it is deleted', async (_, damage) => {
    const { embedder, asked } = countingEmbedder()
    await cachedEmbedder(embedder, { directory }).embed(['a'])
    const path = await shardPath()
    await damage(path)
    const cached = cachedEmbedder(embedder, { directory })
    await expect(cached.embed(['a'])).rejects.toMatchObject({
      code: 'CACHE_CORRUPT',
      message: expect.stringMatching(`^${path}: .* Delete it: its texts are then embedded again$`),
    })
    await rm(path)
    await cached.embed(['a'])
    expect(asked).toEqual([['a'], ['a']])
  })

  it('names a file of vectors without numbers, which an earlier release may have kept', async () => {
    const { embedder } = countingEmbedder()
    const vectors = new Map([[vectorKey(embedder.id, 'a'), new Float32Array(0)]])
    await writeShard(shardFolder(directory, embedder.id), embedder.id, vectors)
    await expect(cachedEmbedder(embedder, { directory }).embed(['a'])).rejects.toMatchObject({
      code: 'CACHE_CORRUPT',
      message: expect.stringMatching(/its vectors have no numbers. Delete it/),
    })
  })

  it('passes over what a killed process left half written', async () => {
    const { embedder, asked } = countingEmbedder()
    await cachedEmbedder(embedder, { directory }).embed(['a'])
    await writeFile(`${await shardPath()}.1234.tmp`, 'half')
    await cachedEmbedder(embedder, { directory }).embed(['a'])
    expect(asked.length).toBe(1)
  })

  it('refuses vectors that are not finite, naming the text, and keeps none of the batch', async () => {
    const { embedder } = countingEmbedder()
    await cachedEmbedder(embedder, { directory }).embed(['known'])
    const broken: Embedder = {
      id: embedder.id,
      embed: async (texts) => {
        const matrix = await embedder.embed(texts)
        matrix.data[4] = Number.NaN
        return matrix
      },
    }
    const embed = cachedEmbedder(broken, { directory }).embed(['known', 'fine', 'fine', 'bad'])
    await expect(embed).rejects.toMatchObject({
      code: 'NOT_FINITE',
      message: 'embedder counting: the vector of text 3 ("bad"), column 1 is NaN, not finite',
    })
    expect((await shards()).length).toBe(1)
  })

  it('refuses vectors of another length than before, and another number of them', async () => {
    await cachedEmbedder(countingEmbedder().embedder, { directory }).embed(['a'])
    const narrow = cachedEmbedder(countingEmbedder('counting', 2).embedder, { directory })
    await expect(narrow.embed(['b'])).rejects.toMatchObject({ code: 'DIMENSION_MISMATCH' })
    const short: Embedder = {
      id: 's',
      embed: async () => ({ data: new Float32Array(3), rows: 1, columns: 3 }),
    }
    await expect(cachedEmbedder(short, { directory }).embed(['b', 'c'])).rejects.toThrow('for 2 texts')
  })

  it('survives kills and several processes at once', async () => {
    const program = join(import.meta.dirname, 'testing/fill-cache.ts')
    const execArgv = ['--import', join(import.meta.dirname, '../../../../tools/on-sources.mjs')]
    const writers = ['a', 'b', 'c'].map((name) => fork(program, [name, directory], { execArgv }))
    // Each tells when its first text is embedded, and is killed somewhere in a later batch.
    await Promise.all(writers.map((writer) => once(writer, 'message')))
    const ends = writers.map((writer) => once(writer, 'exit'))
    for (const writer of writers) writer.kill('SIGKILL')
    await Promise.all(ends)
    const { embedder, asked } = countingEmbedder()
    const texts = ['a', 'b', 'c'].map((name) => `${name}0`)
    const vectors = await cachedEmbedder(embedder, { directory }).embed([...texts, 'new'])
    expect(vectors).toEqual(await embedder.embed([...texts, 'new']))
    expect(asked[0]).toEqual(['new'])
  })

  it.each([
    [{ directory: '' }, 'cachedEmbedder: directory: expected a text that is not empty, got ""'],
    [{ directory: 'x', batchSize: 0 }, 'cachedEmbedder: batchSize: expected a whole number ≥ 1, got 0'],
  ])('refuses %j', (options, message) => {
    expect(() => cachedEmbedder(countingEmbedder().embedder, options)).toThrow(message)
  })
})
