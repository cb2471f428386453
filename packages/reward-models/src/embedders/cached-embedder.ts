import type { Matrix } from '../matrix'
import { checks, type OptionCheck, resolveOptions } from './check-options'
import { checkTexts, checkVectors } from './check-vectors'
import type { Embedder, EmbedOptions } from './embedder'
import { type KeyedVectors, readShards, shardFolder, vectorKey, writeShard } from './vector-shards'

/** Options of {@link cachedEmbedder}. */
export interface CachedEmbedderOptions {
  /** Folder of the cache; made when it is not there. Several embedders and processes may share it. */
  directory: string
  /** Texts that are embedded and then written together: what a kill loses, at most. Default: 256. */
  batchSize?: number
}

const table = {
  directory: checks.text,
  batchSize: checks.positive,
} as const satisfies Record<keyof CachedEmbedderOptions, OptionCheck>

/**
 * An embedder that keeps its vectors on disk, by the hash of the embedder's id and the text, so that each text is
 * embedded once: also after a restart, and by whoever else uses the folder. Each batch is one file that appears whole
 * or not at all; a killed run goes on after its last batch. Vectors come back as they were, bit for bit. All of the
 * embedder's cached vectors are held in memory once the first texts are asked for. Progress counts all texts, those that
 * are cached at once.
 * @throws RewardModelError `INVALID_OPTION`. `embed` rejects with `CACHE_CORRUPT` naming a damaged file and what to do,
 *   and with `EMBEDDING_FAILED`, `NOT_FINITE` or `DIMENSION_MISMATCH` for vectors that the embedder may not give; those
 *   are not kept. NnError `WRITE_FAILED` when the disk is full.
 */
export function cachedEmbedder(embedder: Embedder, options: CachedEmbedderOptions): Embedder {
  const defaults = { directory: '', batchSize: 256 }
  const { directory, batchSize } = resolveOptions('cachedEmbedder', options, defaults, table)
  const { id } = embedder
  const folder = shardFolder(directory, id)
  let loading: Promise<KeyedVectors> | undefined
  const load = () => {
    loading ??= readShards(folder, id).catch((error: unknown) => {
      // After the damaged file is deleted, the next call is to find the cache sound.
      loading = undefined
      throw error
    })
    return loading
  }
  return {
    id,
    async embed(texts, embedOptions = {}) {
      checkTexts('cachedEmbedder', texts)
      embedOptions.signal?.throwIfAborted()
      const known = await load()
      const keys = texts.map((text) => vectorKey(id, text))
      const missing = findMissing(texts, keys, known)
      const progress = progressOf(texts.length, missing, embedOptions)
      for (const batch of batchesOf([...missing.keys()], batchSize)) {
        embedOptions.signal?.throwIfAborted()
        const fresh = await embedFresh(embedder, batch, missing, known, embedOptions)
        await writeShard(folder, id, fresh)
        for (const [key, row] of fresh) known.set(key, row)
        progress(batch)
      }
      return gather(keys, known)
    },
  }
}

/** Where each text whose vector is not known stands, in the order of the texts. */
type Missing = ReadonlyMap<string, readonly number[]>

function findMissing(texts: readonly string[], keys: readonly string[], known: KeyedVectors): Missing {
  const missing = new Map<string, number[]>()
  texts.forEach((text, i) => {
    if (known.has(keys[i]!)) return
    const places = missing.get(text)
    if (places) places.push(i)
    else missing.set(text, [i])
  })
  return missing
}

function progressOf(total: number, missing: Missing, { onProgress }: EmbedOptions) {
  const count = (texts: Iterable<string>) =>
    [...texts].reduce((sum, text) => sum + missing.get(text)!.length, 0)
  let done = total - count(missing.keys())
  if (total > 0) onProgress?.(done, total)
  return (batch: readonly string[]) => {
    done += count(batch)
    onProgress?.(done, total)
  }
}

const batchesOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

async function embedFresh(
  embedder: Embedder,
  batch: readonly string[],
  missing: Missing,
  known: KeyedVectors,
  { onProgress: _, ...options }: EmbedOptions,
): Promise<KeyedVectors> {
  const columns = known.values().next().value?.length
  const given = await embedder.embed(batch, options)
  const { data, columns: width } = checkVectors(given, batch, {
    source: `embedder ${embedder.id}`,
    positionOf: (row) => missing.get(batch[row]!)![0]!,
    columns,
  })
  return new Map(
    batch.map((text, i) => [vectorKey(embedder.id, text), data.slice(i * width, (i + 1) * width)]),
  )
}

function gather(keys: readonly string[], known: KeyedVectors): Matrix {
  const columns = known.values().next().value?.length ?? 0
  const data = new Float32Array(keys.length * columns)
  keys.forEach((key, i) => {
    data.set(known.get(key)!, i * columns)
  })
  return { data, rows: keys.length, columns }
}
