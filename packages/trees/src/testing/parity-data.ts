import type { TrainingData } from '../data/training-data'

/** Numbers in [0, 1) that a Python program computes alike; see tools/parity/trees.py. */
export function createDraws(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return (state >>> 8) / 2 ** 24
  }
}

/** Columns beside the features, by the names that cases say. */
export type ParityLabels = Readonly<
  Record<
    'number' | 'positive' | 'binary' | 'class' | 'relevance' | 'probability' | 'weight' | 'start',
    number[]
  >
>

/** Data that both languages make by the same arithmetic. */
export interface ParityData {
  readonly rows: number[][]
  readonly labels: ParityLabels
  readonly group: number[]
  readonly categorical: readonly number[]
}

type Row = { features: number[]; score: number }

const denseRow = (draw: () => number): Row => {
  const a = Math.floor(draw() * 1000) / 100
  const b = draw() * 2 - 1
  const u = draw()
  const c = u * u
  const d = Math.floor(draw() * 8)
  const e = draw() * 10 - 5
  return { features: [a, b, c, d, e], score: a * 0.3 - b * 2 + (c > 0.5 ? 1.5 : -0.5) + d * e * 0.1 }
}

const missingRow = (draw: () => number, i: number): Row => {
  const { features, score } = denseRow(draw)
  const [a, b, c, d, e] = features as [number, number, number, number, number]
  const isGone = i % 7 === 3
  const values = [a, isGone ? Number.NaN : b, i % 3 === 0 ? 0 : c - 0.4, d, i % 11 < 4 ? Number.NaN : e]
  return { features: values, score: score + (isGone ? 2 : 0) + (i % 11 < 4 ? -1.5 : 0) }
}

const categoricalRow = (draw: () => number, i: number): Row => {
  const few = Math.floor(draw() * 3)
  const u = draw()
  const some = Math.floor(u * u * 40)
  const many = Math.floor(draw() * 300)
  const x = draw() * 4
  const score = few * 0.7 + ((some * 7) % 11) * 0.4 + ((many * 13) % 17) * 0.1 - x * 0.5
  return { features: [i % 13 === 5 ? Number.NaN : few, some, i % 29 === 7 ? -1 : many, x], score }
}

const onehotRow = (draw: () => number): Row => {
  const one = Math.floor(draw() * 12)
  const two = Math.floor(draw() * 9)
  const x = Math.floor(draw() * 100) / 10
  const bits = [
    ...Array.from({ length: 12 }, (_, j) => (j === one ? 1 : 0)),
    ...Array.from({ length: 9 }, (_, j) => (j === two ? j + 1 : 0)),
  ]
  return { features: [x, ...bits], score: ((one * 5) % 7) * 0.6 - ((two * 4) % 5) * 0.5 + x * 0.2 }
}

const makers = { dense: denseRow, missing: missingRow, categorical: categoricalRow, onehot: onehotRow }

/** Names of the data there are. */
export type ParityName = keyof typeof makers

const groupSizes = [10, 15, 5, 20]

/** Data of so many rows (a multiple of 50). */
export function parityData(name: ParityName, rows: number, seed: number): ParityData {
  const draw = createDraws(seed)
  const labels: ParityLabels = {
    number: [],
    positive: [],
    binary: [],
    class: [],
    relevance: [],
    probability: [],
    weight: [],
    start: [],
  }
  const features: number[][] = []
  for (let i = 0; i < rows; i++) {
    const row = makers[name](draw, i)
    const noise = draw() - 0.5
    const noisy = row.score + noise * 2
    features.push(row.features)
    labels.number.push(noisy)
    labels.positive.push(Math.max(0.05, noisy * noisy * 0.25 + noise))
    labels.binary.push(row.score + noise * 4 > 1.5 ? 1 : 0)
    labels.class.push(noisy < 0 ? 0 : noisy < 2 ? 1 : 2)
    labels.relevance.push(Math.min(4, Math.max(0, Math.floor(noisy))))
    labels.probability.push(Math.min(1, Math.max(0, 0.5 + noisy * 0.125)))
    labels.weight.push(Math.floor(draw() * 4) * 0.5 + 0.5)
    labels.start.push(row.features[0]! > 2 ? 0.25 : -0.5)
  }
  const group = Array.from({ length: (rows / 50) * 4 }, (_, i) => groupSizes[i % 4]!)
  return { rows: features, labels, group, categorical: name === 'categorical' ? [0, 1, 2] : [] }
}

/** What a case says of its data. */
export interface ParityCase {
  readonly data: ParityName
  readonly rows: number
  readonly label: keyof ParityLabels
  readonly weight?: boolean
  readonly start?: boolean
  readonly group?: boolean
}

/** Training data of a case. */
export function trainingDataOf(one: ParityCase, seed: number, rows = one.rows): TrainingData {
  const { rows: features, labels, group, categorical } = parityData(one.data, rows, seed)
  return {
    features,
    label: labels[one.label],
    ...(one.weight && { weight: labels.weight }),
    ...(one.start && { init_score: labels.start }),
    ...(one.group && { group }),
    categorical_feature: categorical,
  }
}
