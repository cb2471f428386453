import { readFileSync } from 'node:fs'

interface DawidSkeneGolden {
  iterations: number
  posteriors: number[]
  prior: number[]
  confusion: number[]
}

interface MaceGolden {
  method: 'em' | 'vb'
  posteriors: number[]
  knows: number[]
  says: number[]
}

interface VotesGolden {
  name: string
  items: string[]
  annotators: string[]
  labels: string[]
  agreement: {
    fleiss?: number
    irrcac: Record<'fleiss' | 'krippendorff', { value: number; se: number }>
    alpha: Record<'nominal' | 'ordinal' | 'interval', number>
  }
  dawidSkene: DawidSkeneGolden[]
  mace: MaceGolden[]
}

interface Goldens {
  votes: VotesGolden[]
  cohen: { first: number[]; second: number[]; kappa: number; se: number }[]
  logit: { deltas: number[]; labels: number[]; beta: number; se: number; logLikelihood: number }[]
  gamma: { x: number; digamma: number; logGamma: number }[]
}

const url = new URL('estimation.json', import.meta.url)

/** Reference numbers of tools/parity/estimation.py, for the tests. */
export const goldens: Goldens = JSON.parse(readFileSync(url, 'utf8'))
