import { readFileSync, writeFileSync } from 'node:fs'
import { loadAdapter, loadLanguageModel } from '../../packages/lm/dist/files/index.js'
import {
  completionDatum,
  type LoadedLanguageModel,
  type LocalPolicy,
  localPolicy,
} from '../../packages/lm/dist/index.js'
import { adamW } from '../../packages/nn/dist/index.js'
import {
  type Algorithm,
  grpo,
  type LoopPrompt,
  ppo,
  type RewardFunction,
  type RolloutSource,
} from '../../packages/prefkit/dist/loop/index.js'
import { type Backend, tensor } from '../../packages/tensor/dist/index.js'
import { createNativeBackend } from '../../packages/tensor/dist/native/index.js'
import type { LoopRecord, LoopRequest } from '../loop/cases.ts'
import { serveSteps } from '../peer.ts'

/** Draws from the policy, without an end before the last token; the first step takes what was recorded, where that is given. */
function rolloutsOf(
  policy: LocalPolicy,
  { newTokens, prompts: texts }: LoopRequest,
  record?: LoopRecord,
): RolloutSource {
  let recorded = record
  return {
    isPolicy: true,
    async draw({ prompts, n, seed }) {
      if (!recorded) {
        const drawn = await policy.sample(
          prompts.map(({ tokens }) => tokens),
          { n, seed, maxNewTokens: newTokens, stopTokenIds: [] },
        )
        return drawn.map(({ prompt, tokens, text = '', ...rest }) => {
          return { ...rest, text, prompt: prompts[prompt]!, tokens: Array.from(tokens) }
        })
      }
      const given = recorded
      recorded = undefined
      // Those of a prompt one after the other.
      const order = prompts.flatMap(({ tokens }) =>
        given.prompts.flatMap((each, i) => (`${each}` === `${tokens}` ? [i] : [])),
      )
      if (order.length !== texts.length * n)
        throw new Error(`expected ${n} responses of each prompt, got ${order.length}`)
      const data = order.map((i) => completionDatum(given.prompts[i]!, given.completions[i]!))
      const said = await policy.forward(data)
      return order.map((i, at) => ({
        prompt: prompts[Math.floor(at / n)]!,
        sample: at % n,
        tokens: given.completions[i]!,
        // Which of the record it is, for its score to be found.
        text: String(i),
        finishReason: 'length' as const,
        logProbs: said[at]!.logProbs,
        samplingLogProbs: said[at]!.logProbs,
      }))
    },
  }
}

/** The share of different tokens; of a recorded response, the score that was recorded. */
const rewardOf = (record?: LoopRecord): RewardFunction => {
  let scores = record?.scores
  return {
    name: 'different-tokens',
    async score(rollouts) {
      const told = scores
      scores = undefined
      return {
        scores: rollouts.map(
          ({ tokens, text }) => told?.[Number(text)] ?? new Set(tokens).size / tokens.length,
        ),
      }
    },
  }
}

/** A policy with the adapter; with a head, a critic. */
async function modelWith(model: LoadedLanguageModel, request: LoopRequest, backend: Backend, head?: 'value') {
  const { lora, weights } = await loadAdapter(request.adapter, model.config)
  const { hiddenSize } = model.config
  const summary = {
    'v_head.summary.weight': tensor(new Float32Array(hiddenSize).fill(request.headWeight), {
      shape: [1, hiddenSize],
    }),
  }
  const bias = { 'v_head.summary.bias': tensor(new Float32Array(1)) }
  return localPolicy(model, {
    lora,
    initial: head ? { ...weights, ...summary, ...bias } : weights,
    backend,
    // TRL's PPO does not clip gradients.
    ...(request.kind === 'ppo'
      ? { optimizer: (learningRate) => adamW({ learningRate, weightDecay: 0 }) }
      : {}),
    ...(head ? { head } : {}),
  })
}

async function algorithmOf(
  model: LoadedLanguageModel,
  request: LoopRequest,
  backend: Backend,
): Promise<Algorithm> {
  const {
    samples: samplesPerPrompt,
    newTokens: maxNewTokens,
    klCoefficient: klWeight,
    learningRate,
  } = request
  const record: LoopRecord | undefined = request.replay
    ? JSON.parse(readFileSync(request.replay, 'utf8'))[0]
    : undefined
  const policy = await modelWith(model, request, backend)
  // A checkpoint without a tokeniser would have been refused when it was loaded.
  const encode = model.tokenizer!.encode
  const prompts = request.prompts.map(
    (text, i): LoopPrompt => ({ id: String(i), text, tokens: encode(text) }),
  )
  const options = {
    ...{ policy, prompts, samplesPerPrompt, klWeight, learningRate },
    ...{ promptsPerStep: prompts.length, steps: 1_000_000, sampling: { maxNewTokens } },
    ...{ rollouts: rolloutsOf(policy, request, record), rewards: [rewardOf(record)] },
  }
  if (request.kind === 'grpo') return grpo(options)
  return ppo({ ...options, critic: await modelWith(model, request, backend, 'value'), epochs: 1 })
}

await serveSteps(async (request: LoopRequest) => {
  const backend = await createNativeBackend({ threads: request.threads })
  const model = await loadLanguageModel(request.model, { backend })
  const algorithm = await algorithmOf(model, request, backend)
  const run = async (count: number) => {
    const records: (LoopRecord & { metrics: object; seconds: object })[] = []
    while (records.length < count) {
      const { value: step } = await algorithm.next()
      if (!step) throw new Error('the algorithm ended')
      const { metrics, seconds, rollouts = [] } = step
      const value = metrics['loss/value_avg'] ?? 0
      records.push({
        prompts: rollouts.map(({ prompt }) => prompt.tokens),
        completions: rollouts.map(({ tokens }) => tokens),
        loss: (metrics.loss ?? metrics['loss/policy_avg'] ?? Number.NaN) + 0.1 * value,
        gradNorm: Math.hypot(metrics.grad_norm ?? Number.NaN, metrics['value/grad_norm'] ?? 0),
        generate: seconds.generate ?? 0,
        metrics,
        seconds,
      })
    }
    writeFileSync(request.record, JSON.stringify(records))
    return records.map(({ loss }) => loss)
  }
  return { description: `prefkit: ${backend.description}`, run }
})
