import { type Tensor, tensor } from '@prefkit/tensor'
import comparisons from './comparisons.json' with { type: 'json' }
import { featureCount, featuresOf } from './text-features'

/** No argument of this debate is trained on. */
const heldOutDebate = 'Is the school uniform a good or bad idea?'

/** Comparisons by the rows of {@link table}: the preferred text and the other one. */
export interface Pairs {
  readonly chosen: Int32Array
  readonly rejected: Int32Array
}

const texts = [...new Set(comparisons.flatMap(({ chosen, rejected }) => [chosen, rejected]))]
const rows = new Map(texts.map((text, row) => [text, row]))

const pairsOf = (some: typeof comparisons): Pairs => ({
  chosen: Int32Array.from(some, ({ chosen }) => rows.get(chosen)!),
  rejected: Int32Array.from(some, ({ rejected }) => rows.get(rejected)!),
})

/** The features of every text, `[texts, featureCount]`. */
export const table: Tensor = tensor(featuresOf(texts), { shape: [texts.length, featureCount] })
export const trainingPairs: Pairs = pairsOf(comparisons.filter(({ prompt }) => prompt !== heldOutDebate))
export const heldOutPairs: Pairs = pairsOf(comparisons.filter(({ prompt }) => prompt === heldOutDebate))
