import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

interface AlpacaEvalGolden {
  annotations: { preference: number | null; lengths: [number, number] }[]
  gamed: { index: number; preference: number; std_delta_len: number; instruction_difficulty: number }[]
  common: Record<
    'win_rate' | 'standard_error' | 'n_wins' | 'n_wins_base' | 'n_draws' | 'n_total' | 'discrete_win_rate',
    number
  >
  rates: Record<string, { published: number; publishedError: number; converged: number }>
}

interface Benchmarks {
  rewardBench: {
    rows: string[]
    scores: number[]
    subsets: Record<string, number>
    sections: Record<string, number>
    priorSets: number | null
    average: number | null
  }[]
  rewardBenchJudged: { winner: 'A' | 'B' | 'error'; shuffled: boolean; credit: number }[]
  rewardBench2: { rows: string[]; scores: number[]; subsets: Record<string, number> }[]
  rewardBench2Ratings: { ratings: (number | null)[]; credit: number }[]
  rewardBench2Choices: { winner: 'A' | 'B' | 'C' | 'D' | 'error'; place: number; credit: number }[]
  rewardBench2Ties: { rows: { id: string; num_correct: number; scores: number[] }[]; score: number }[]
  rmBench: {
    domains: string[]
    scores: number[]
    total: Record<string, number>
    chat: Record<string, number>
  }[]
  judgebench: {
    both: boolean
    pairs: { source: string; label: 'A>B' | 'B>A'; judgments: (string | null)[] }[]
    scores: Record<string, number>
  }[]
  pandalm: {
    truth: number[]
    said: number[]
    accuracy: number
    precision: number
    recall: number
    f1: number
  }[]
  alpacaEval: AlpacaEvalGolden[]
}

interface LlmbarDecisions {
  /** By subset, a digit a row. */
  labels: Record<string, string>
  /** Winners are a digit a row, 0 for none. */
  decisions: {
    subset: string
    judge: string
    strategy: string
    accuracy: number
    consistency: number
    bothCorrect: number
    winner: string
    winnerSwapped: string
  }[]
}

interface PandalmVerdicts {
  votes: string[]
  gpt35: string
  pandalm7b: string
}

const read = (name: string) => readFileSync(new URL(name, import.meta.url))
const unzip = (name: string) => gunzipSync(read(name)).toString('utf8')

/** Reference numbers of tools/parity/evals_benchmarks.py. */
export const benchmarkGoldens: Benchmarks = JSON.parse(read('benchmarks.json').toString('utf8'))

/** The recorded verdicts of LLMBar's judges. */
export const llmbarDecisions = (): LlmbarDecisions => JSON.parse(unzip('llmbar-decisions.json.gz'))

/** The recorded verdicts of GPT-3.5 and PandaLM-7B on PandaLM's test set. */
export const pandalmVerdicts = (): PandalmVerdicts => JSON.parse(unzip('pandalm.json.gz'))
