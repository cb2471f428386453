import { RewardModelError } from '../reward-model-error'
import { checks, type OptionCheck, resolveOptions } from './check-options'
import { embedInBatches } from './embed-in-batches'
import type { Embedder } from './embedder'
import { murmur3 } from './murmur3'

/** Smallest and largest n of the n-grams to count, or `null` for none. */
export type NgramSizes = readonly [smallest: number, largest: number] | null

/** Options of {@link hashedNgrams}. */
export interface HashedNgramsOptions {
  /** Length of the vectors. More means fewer n-grams that share a place. Default: 2048. */
  dimensions: number
  /** Runs of words to count. Default: `[1, 2]`. */
  words: NgramSizes
  /** Runs of characters to count inside words. Default: `[3, 5]`. */
  characters: NgramSizes
  /** Unsigned 32-bit seed of the hash. Default: 0. */
  seed: number
}

/** The defaults of {@link HashedNgramsOptions}. */
export const defaultHashedNgramsOptions: HashedNgramsOptions = {
  dimensions: 2048,
  words: [1, 2],
  characters: [3, 5],
  seed: 0,
}

const isSizes = (value: unknown) => {
  if (value === null) return true
  if (!Array.isArray(value) || value.length !== 2) return false
  return value.every(checks.positive[1]) && value[0] <= value[1]
}
const sizes: OptionCheck = ['[smallest, largest], whole numbers ≥ 1 in order, or null', isSizes]

const table = {
  dimensions: checks.positive,
  words: sizes,
  characters: sizes,
  seed: [
    'a whole number in [0, 2³²)',
    (value) => Number.isInteger(value) && value === (value as number) >>> 0,
  ],
} as const satisfies Record<keyof HashedNgramsOptions, OptionCheck>

/**
 * Vectors of hashed n-grams, which need no model and no download: signed feature hashing (Weinberger et al. 2009,
 * arXiv 0902.2206) with MurmurHash3. Texts are brought to NFKC and lower case. Counted are runs of words, where each
 * mark of punctuation is a word, and runs of characters of what stands between spaces, with one space kept on either
 * side. A count c weighs 1 + ln c, and rows have Euclidean length 1; a text without words gives a row of zeros.
 * @throws RewardModelError `INVALID_OPTION` naming the option, its value and what was expected.
 */
export function hashedNgrams(options: Partial<HashedNgramsOptions> = {}): Embedder {
  const resolved = resolveOptions('hashedNgrams', options, defaultHashedNgramsOptions, table)
  const { dimensions, words, characters, seed } = resolved
  if (!words && !characters) {
    throw new RewardModelError(
      'INVALID_OPTION',
      'hashedNgrams: words and characters: expected one of them not null',
    )
  }
  const range = (value: NgramSizes) => value?.join('-') ?? 'none'
  const embedOne = (text: string, row: Float32Array) => writeRow(countNgrams(text, resolved), row)
  return {
    id: `hashedNgrams:1:dimensions=${dimensions},words=${range(words)},characters=${range(characters)},seed=${seed}`,
    embed: (texts, embedOptions = {}) =>
      embedInBatches(texts, {
        ...embedOptions,
        source: 'hashedNgrams',
        batchSize: 256,
        columns: dimensions,
        embedBatch: (batch) => {
          const data = new Float32Array(batch.length * dimensions)
          batch.forEach((text, i) => {
            embedOne(text, data.subarray(i * dimensions, (i + 1) * dimensions))
          })
          return { data, rows: batch.length, columns: dimensions }
        },
      }),
  }
}

/** Letters with their marks and digits in a row, or any one character that is neither these nor a space. */
const wordPattern = /[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu
/** Added to the seed for characters, so that the word "the" and the characters "the" are two things. */
const characterSeed = 0x9e3779b9
const encoder = new TextEncoder()

type Counts = Map<number, number>

/** How often each n-gram occurs, by its 32-bit hash. */
function countNgrams(text: string, { words, characters, seed }: HashedNgramsOptions): Counts {
  const normal = text.normalize('NFKC').toLowerCase()
  const counts: Counts = new Map()
  if (words) countWords(normal.match(wordPattern) ?? [], words, seed, counts)
  if (characters) {
    const chunks = normal.split(/\s+/u).filter((chunk) => chunk !== '')
    const added = (seed + characterSeed) >>> 0
    for (const chunk of chunks) countCharacters(chunk, characters, added, counts)
  }
  return counts
}

function countWords(
  words: readonly string[],
  [low, high]: readonly [number, number],
  seed: number,
  counts: Counts,
): void {
  const bytes = encoder.encode(words.join(' '))
  const starts = [0]
  bytes.forEach((byte, at) => {
    if (byte === 0x20) starts.push(at + 1)
  })
  for (let n = low; n <= Math.min(high, words.length); n++) {
    for (let i = 0; i + n <= words.length; i++) {
      const end = i + n < words.length ? starts[i + n]! - 1 : bytes.length
      add(counts, murmur3(bytes, seed, starts[i]!, end))
    }
  }
}

/** A chunk no longer than n counts once, whole, as in scikit-learn's `char_wb`. */
function countCharacters(
  chunk: string,
  [low, high]: readonly [number, number],
  seed: number,
  counts: Counts,
): void {
  const bytes = encoder.encode(` ${chunk} `)
  const starts: number[] = []
  bytes.forEach((byte, at) => {
    if ((byte & 0xc0) !== 0x80) starts.push(at)
  })
  const length = starts.length
  starts.push(bytes.length)
  for (let n = low; n <= high; n++) {
    for (let i = 0; i === 0 || i + n <= length; i++) {
      add(counts, murmur3(bytes, seed, starts[i]!, starts[Math.min(i + n, length)]!))
    }
    if (n >= length) break
  }
}

const add = (counts: Counts, hash: number) => counts.set(hash, (counts.get(hash) ?? 0) + 1)

/** The lowest bit of the hash is the sign, the others choose the place. */
function writeRow(counts: Counts, row: Float32Array): void {
  const sums = new Float64Array(row.length)
  for (const [hash, count] of counts) {
    const weight = 1 + Math.log(count)
    sums[(hash >>> 1) % row.length]! += hash & 1 ? -weight : weight
  }
  const norm = Math.sqrt(sums.reduce((total, value) => total + value * value, 0))
  if (norm === 0) return
  sums.forEach((value, i) => {
    row[i] = value / norm
  })
}
