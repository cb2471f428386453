import type {
  Datum,
  DatumOutputs,
  GeneratedSequence,
  LossFunction,
  LossInputs,
  PolicyBackend,
} from '@prefkit/lm'
import { adam, applyUpdates, type OptimizerState } from '@prefkit/nn'
import {
  add,
  logSoftmax,
  mul,
  neg,
  reduceSum,
  reshape,
  softmax,
  type Tensor,
  take,
  tensor,
  treeEntries,
  treeLeaves,
  treeMap,
  treeUnflatten,
  treeZip,
  valueAndGrad,
} from '@prefkit/tensor'

/** A bandit's table of logits, one row for each context, and the value of each context. */
interface Table {
  readonly logits: Tensor
  readonly values: Tensor
}

/** A context is its first token, and an arm its last, as a token. */
const placesOf = (data: readonly Datum[], arms: number) => {
  const contexts = data.map(({ tokens }) => tokens[0]!)
  const cells = data.map(({ tokens }, i) => contexts[i]! * arms + tokens[tokens.length - 1]!)
  return { contexts: Int32Array.from(contexts), cells: Int32Array.from(cells) }
}

/** What the table says of data, traceable: [B, 1] each. */
function said(table: Table, data: readonly Datum[], arms: number) {
  const { contexts, cells } = placesOf(data, arms)
  const logProbs = logSoftmax(table.logits)
  const entropies = neg(reduceSum(mul(softmax(table.logits), logProbs), { axis: 1 }))
  const column = (x: Tensor, places: Int32Array) => reshape(take(reshape(x, [-1]), tensor(places)), [-1, 1])
  return {
    logProbs: column(logProbs, cells),
    values: column(table.values, contexts),
    entropies: column(entropies, contexts),
  }
}

function inputsOf(data: readonly Datum[]): LossInputs['inputs'] {
  const names = Object.keys(data[0]!.inputs ?? {})
  const input = (name: string) => {
    const values = data.map(({ inputs }) => inputs![name]!)
    const single = values.every((value) => typeof value === 'number')
    const numbers = values.map((value) => (typeof value === 'number' ? value : value[0]!))
    return tensor(Float32Array.from(numbers), { shape: single ? [data.length] : [data.length, 1] })
  }
  return Object.fromEntries(names.map((name) => [name, input(name)]))
}

const scalar = (value: number) => tensor(value, { dtype: 'f32' })

const copyOf = <T>(tree: T): T => treeMap((leaf) => tensor(leaf.data.slice(), { shape: leaf.dims }), tree)

/**
 * `n` arms of a context in the shares that their probabilities have, as exactly as n allows: the quantiles (i + u) / n with one
 * uniform u, so that gradients are nearly those of the expectation.
 */
function systematic(probabilities: readonly number[], n: number, u: number): number[] {
  let [arm, reached] = [0, probabilities[0]!]
  return Array.from({ length: n }, (_, i) => {
    while ((i + u) / n >= reached && arm < probabilities.length - 1) reached += probabilities[++arm]!
    return arm
  })
}

/** Uniform in [0, 1): the fractions of multiples of the golden ratio, as evenly spread as seeds can be. */
const uniformOf = (seed: number): number => (((seed * 0.6180339887498949) % 1) + 1) % 1

/** A policy without a language model: contexts are prompts of one token, arms are responses of one, and the model is a table. */
export function banditPolicy(logits: readonly (readonly number[])[]): PolicyBackend {
  const arms = logits[0]!.length
  const first: Table = {
    logits: tensor(logits.map((row) => Float32Array.from(row))),
    values: tensor(new Float32Array(logits.length)),
  }
  // It forgets the large gradients of the beginning sooner than by default.
  const optimizer = (learningRate: number) => adam({ learningRate: scalar(learningRate), beta2: 0.95 })
  let table = first
  let moments: OptimizerState = optimizer(0).init({ ...first })
  let gradient: Table | undefined
  let step = 0

  const forward: PolicyBackend['forward'] = async (data, { reference = false } = {}) => {
    const { logProbs, values } = said(reference ? first : table, data, arms)
    return data.map(
      (_, i): DatumOutputs => ({
        logProbs: Float32Array.of(Number(logProbs.data[i])),
        values: Float32Array.of(Number(values.data[i])),
      }),
    )
  }

  const forwardBackward: PolicyBackend['forwardBackward'] = async (data, loss: LossFunction) => {
    const mask = tensor(new Float32Array(data.length).fill(1), { shape: [data.length, 1] })
    const totals = { rows: scalar(data.length), targets: scalar(data.length) }
    const shared = { mask, totals, inputs: inputsOf(data) }
    const [[value, metrics], own] = valueAndGrad(
      (weights: Table) => {
        const outputs = loss({ ...said(weights, data, arms), ...shared })
        return [outputs.loss, outputs.metrics ?? {}]
      },
      { hasAux: true },
    )<Table>(table)
    gradient = gradient ? treeZip(add, gradient, own) : own
    const numbers = Object.entries(metrics).map(([name, metric]) => [name, metric.item()])
    return { loss: value.item(), metrics: Object.fromEntries(numbers) }
  }

  return {
    forward,
    forwardBackward,
    async optimStep({ learningRate }) {
      const { updates, state } = optimizer(learningRate).update(gradient!, moments, table)
      const norm = treeLeaves(gradient).flatMap((leaf) => Array.from(leaf.data as Float32Array))
      table = applyUpdates(table, updates)
      ;[moments, gradient] = [state, undefined]
      step++
      return { gradNorm: Math.hypot(...norm) }
    },
    async sample(prompts, { n = 1, seed = 0, reference = 0 } = {}) {
      const share = Number(reference)
      const mixed = add(mul(1 - share, table.logits), mul(share, first.logits))
      return prompts.flatMap((prompt, place) => {
        const logProbs = logSoftmax(mixed).data.slice(prompt[0]! * arms, (prompt[0]! + 1) * arms)
        const probabilities = Array.from(logProbs, (each) => Math.exp(Number(each)))
        return systematic(probabilities, n, uniformOf(seed + place)).map((arm, sample): GeneratedSequence => {
          const own = Float32Array.of(Number(logProbs[arm]))
          const named = { prompt: place, sample, promptLength: prompt.length, text: String(arm) }
          const tokens = Int32Array.of(arm)
          return { ...named, tokens, logProbs: own, samplingLogProbs: own, finishReason: 'stop' }
        })
      })
    },
    save: async () => {
      throw new Error('a bandit has no files')
    },
    async state() {
      const optimizerState = Object.fromEntries(treeEntries(copyOf(moments)))
      return { step, trained: copyOf({ ...table }), optimizer: optimizerState }
    },
    async restore(state) {
      table = copyOf({ logits: state.trained.logits!, values: state.trained.values! })
      moments = copyOf(treeUnflatten(moments, Object.values(state.optimizer)))
      ;[step, gradient] = [state.step, undefined]
    },
  }
}
