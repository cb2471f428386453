import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** A response to one instruction, with the original's verdicts. */
export interface GoldenPair {
  id: string
  kwargs: Record<string, unknown>
  response: string
  /** `1` or `0`, strict and then loose. */
  verdicts: string
  /** Sentences or words, where the instruction counts them. */
  count?: number
  /** Of NLTK, where the instruction counts words in capitals. */
  tokens?: string[]
}

interface Goldens {
  madeWith: Record<string, string>
  pairs: GoldenPair[]
  /** Strict and loose verdicts of each prompt as a response to itself, but for two that the original judges by luck. */
  prompts: [strict: string, loose: string][]
  /** What langdetect said of texts; null where it could not tell. */
  languages: Record<string, string | null>
}

const read = (file: string | URL) => gunzipSync(readFileSync(new URL(file, import.meta.url))).toString()

/** What tools/parity/ifeval.py wrote. */
export const loadGoldens = (file: string | URL = 'ifeval.json.gz'): Goldens => JSON.parse(read(file))

/** The 541 prompts of IFEval (Apache-2.0), in the authors' layout. */
export const prompts = (): { key: number; prompt: string }[] =>
  read('prompts.jsonl.gz')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
