import { loadAdapter, loadLanguageModel } from '../../packages/lm/dist/files/index.js'
import {
  completionDatum,
  generate,
  type LoadedLanguageModel,
  localPolicy,
  padRows,
  sftLoss,
} from '../../packages/lm/dist/index.js'
import { adamW } from '../../packages/nn/dist/index.js'
import type { Backend } from '../../packages/tensor/dist/index.js'
import { createNativeBackend } from '../../packages/tensor/dist/native/index.js'
import type { LmRequest } from '../lm/cases.ts'
import { serveSteps } from '../peer.ts'
import { again, oneByOne, type Work } from '../work.ts'

type Prepare = (
  model: LoadedLanguageModel,
  request: LmRequest,
  backend: Backend,
) => Work['run'] | Promise<Work['run']>

/** Where the largest of some numbers is, and what it is. */
function largest(numbers: Float32Array): [at: number, value: number] {
  let at = 0
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! > numbers[at]!) at = i
  return [at, numbers[at]!]
}

const preparePrefill: Prepare = (model, { sequences }) => {
  const batch = padRows(sequences)
  const at = sequences.map((_, row) => (row + 1) * batch.length - 1)
  const { vocabSize } = model.config
  return again(async () => {
    const { logits } = await model.run({ batch, cache: model.createCache(batch.rows), at })
    const best = sequences.map((_, row) => largest(logits.subarray(row * vocabSize, (row + 1) * vocabSize)))
    return [...best.map(([token]) => token), ...best.map(([, logit]) => logit)]
  })
}

const prepareGeneration: Prepare = (model, { sequences, newTokens: maxNewTokens = 1 }) =>
  again(async () => {
    const found = await generate(model, sequences, { maxNewTokens, temperature: 0, stopTokenIds: [] })
    return found.flatMap(({ tokens }) => Array.from(tokens))
  })

const prepareLora: Prepare = async (model, request, backend) => {
  const { sequences, promptTokens, learningRate, weightDecay } = request
  const { lora, weights: initial } = await loadAdapter(request.adapter, model.config)
  const policy = localPolicy(model, {
    lora,
    initial,
    backend,
    optimizer: (rate) => adamW({ learningRate: rate, weightDecay }),
  })
  const data = sequences.map((ids) => completionDatum(ids.slice(0, promptTokens), ids.slice(promptTokens)))
  return oneByOne(async () => {
    const { loss } = await policy.forwardBackward(data, sftLoss)
    await policy.optimStep({ learningRate })
    return loss
  })
}

const prepares: Readonly<Record<LmRequest['kind'], Prepare>> = {
  prefill: preparePrefill,
  generation: prepareGeneration,
  lora: prepareLora,
}

await serveSteps(async (request: LmRequest) => {
  const backend = await createNativeBackend({ threads: request.threads })
  const model = await loadLanguageModel(request.model, { backend })
  const run = await prepares[request.kind](model, request, backend)
  return { description: `prefkit: ${backend.description}`, run }
})
