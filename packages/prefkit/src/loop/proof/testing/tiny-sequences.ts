import {
  completionDatum,
  type LlamaConfig,
  type LocalPolicy,
  type LocalPolicyOptions,
  localPolicy,
  type PolicyBackend,
  parameterShapes,
} from '@prefkit/lm'
import { adam } from '@prefkit/nn'
import { type Tensor, tensor } from '@prefkit/tensor'
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { LoopPrompt } from '../../prompts/prompt'
import type { RolloutSource } from '../../rollouts/rollout'
import { oneThread } from './one-thread'

const vocabSize = 8

const config: LlamaConfig = {
  ...{ family: 'llama', vocabSize, hiddenSize: 48, intermediateSize: 96, numHiddenLayers: 1 },
  ...{ numAttentionHeads: 6, numKeyValueHeads: 6, headDim: 8, maxPositionEmbeddings: 8 },
  ...{ hiddenAct: 'silu', rmsNormEps: 1e-5, rope: { theta: 100 }, tieWordEmbeddings: false },
  ...{ qkvBias: false, outputBias: false, mlpBias: false, qkNorm: false, slidingLayers: [] },
  eosTokenIds: [],
}

/** A transformer of eight tokens, drawn at random: uniform within ±√3 times what keeps variances, norms at 1. */
export function tinyPolicy(options: LocalPolicyOptions = {}): LocalPolicy {
  const random = xoroshiro128plus(1)
  const drawn = Object.entries(parameterShapes(config)).map(([name, shape]) => {
    const size = shape.reduce((product, each) => product * each, 1)
    const bound = Math.sqrt(3 / shape.at(-1)!)
    const value = () => (name.endsWith('norm.weight') ? 1 : bound * (2 * uniformFloat32(random) - 1))
    return [name, tensor(Float32Array.from({ length: size }, value), { shape })] as const
  })
  const optimizer = (learningRate: Tensor) => adam({ learningRate })
  return localPolicy(
    { config, weights: Object.fromEntries(drawn) },
    { optimizer, backend: oneThread, ...options },
  )
}

/** Its responses; a token's text is its number. */
export const tinyRollouts = (policy: PolicyBackend): RolloutSource => ({
  isPolicy: true,
  async draw({ prompts, n, sampling: { maxNewTokens = 1 }, seed, reference = 0 }) {
    const drawn = await policy.sample(
      prompts.map(({ tokens }) => tokens),
      { maxNewTokens, n, seed, reference },
    )
    return drawn.map(({ prompt, sample, tokens, finishReason, logProbs, samplingLogProbs }) => ({
      ...{ prompt: prompts[prompt]!, sample, tokens: Array.from(tokens), text: tokens.join(' ') },
      ...{ finishReason, logProbs, samplingLogProbs },
    }))
  },
})

/** All responses of so many tokens. */
export function allResponses(length: number): number[][] {
  if (length === 0) return [[]]
  return allResponses(length - 1).flatMap((start) =>
    Array.from({ length: vocabSize }, (_, id) => [...start, id]),
  )
}

/** ln p of each of these responses to a prompt. */
export async function logProbsOf(
  policy: PolicyBackend,
  prompt: LoopPrompt,
  responses: readonly number[][],
  reference = false,
): Promise<number[]> {
  const data = responses.map((tokens) => completionDatum(prompt.tokens, tokens))
  const said = await policy.forward(data, { reference })
  return said.map(({ logProbs }) => logProbs.reduce((sum, each) => sum + each, 0))
}
