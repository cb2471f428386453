import { resolveLora } from '../lora/lora-config'
import type { Datum } from './datum'
import type { SftOptions, SftSettings } from './sft'
import type { TrainedModel } from './trained-model'

/** A hash of whole numbers, a number a step (FNV-1a); upper bits, which the product leaves where they are, are mixed in. */
function hashed(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x01000193)
  return product ^ (product >>> 15)
}
const offset = 0x811c9dc5

/** Each datum with its length before it, so that boundaries count too. */
const digestOfData = (data: readonly Datum[]): number =>
  data.reduce(
    (hash, { tokens, completionMask }) =>
      Array.from(tokens).reduce(
        (sum, id, i) => hashed(sum, id * 2 + completionMask[i]!),
        hashed(hash, tokens.length),
      ),
    offset,
  )

/** Of what does not train, a few numbers of each tensor: enough to tell models apart. */
function digestOfModel({ config, frozen }: TrainedModel): number {
  const text = Array.from(JSON.stringify(config), (each) => each.charCodeAt(0))
  const samples = Object.values(frozen).flatMap(({ data }) => {
    const picked = Array.from({ length: 16 }, (_, i) => data[Math.floor((i * data.length) / 16)]!)
    return [...new Int32Array(Float32Array.from(picked).buffer)]
  })
  return [...text, ...samples].reduce((hash, value) => hashed(hash, value), offset)
}

/** Steps at which a function that gives step sizes is asked what it is. */
const probes = [0, 1, 10, 100, 1000]

/** What must be the same for a training to go on as if it had never stopped; where it runs may differ. */
export function identityOf(
  model: TrainedModel,
  data: readonly Datum[],
  { lora, maxLength }: SftOptions,
  settings: SftSettings,
): string {
  const { learningRate, ...plain } = settings
  const steps = Math.ceil(data.length / settings.batchSize) * settings.epochs
  const rate =
    typeof learningRate === 'number' ? learningRate : probes.filter((step) => step < steps).map(learningRate)
  return JSON.stringify({
    ...plain,
    learningRate: rate,
    lora: lora && resolveLora(lora),
    maxLength,
    data: [data.length, digestOfData(data)],
    model: digestOfModel(model),
  })
}
