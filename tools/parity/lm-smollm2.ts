// Compares @prefkit/lm with transformers on SmolLM2-135M-Instruct, whose weights are not in the repository:
//
//     node --import ./tools/on-sources.mjs tools/parity/lm-smollm2.ts smollm2/…/SmolLM2-135M-Instruct.Q4_1.gguf
//
// Prints how far logits, greedy tokens, completions, answers, and losses and gradient norms of training a low-rank change depart
// from packages/lm/src/goldens/smollm2.json, and fails where they depart too far.
import { readFileSync } from 'node:fs'
import {
  completionLogProbs,
  continuationLogProbs,
  type Datum,
  generate,
  linearModules,
  localPolicy,
  nextTokenProbabilities,
  padRows,
  sftLoss,
  tokenVariants,
} from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { adamW, chain, clipByGlobalNorm } from '@prefkit/nn'
import { type Tensor, tensor, zeros } from '@prefkit/tensor'

interface Prompt {
  readonly text: string
  readonly ids: readonly number[]
  readonly rows: readonly { at: [number, number]; tokens: readonly number[]; logits: readonly number[] }[]
  readonly greedy: { readonly tokens: readonly number[]; readonly logprobs: readonly number[] }
  readonly completions: readonly { readonly ids: readonly number[]; readonly logprobs: readonly number[] }[]
  readonly answers: Readonly<Record<'yes' | 'no', { tokens: readonly number[]; probability: number }>>
}

/** Steps of training a low-rank change by PyTorch and peft. */
interface LoraRun {
  readonly rank: number
  readonly alpha: number
  readonly targetModules: readonly string[]
  readonly learningRate: number
  readonly ids: readonly (readonly number[])[]
  readonly attentionMask: readonly (readonly number[])[]
  readonly completionMask: readonly (readonly number[])[]
  readonly losses: readonly number[]
  readonly gradientNorms: readonly number[]
}

const golden = new URL('../../packages/lm/src/goldens/smollm2.json', import.meta.url)
const { prompts, lora, optimizer } = JSON.parse(readFileSync(golden, 'utf8')) as {
  prompts: Prompt[]
  lora: LoraRun
  optimizer: { readonly weightDecay: number; readonly maxGradientNorm: number }
}
const model = await loadLanguageModel(process.argv[2]!)

const greatest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
const apart = (found: ArrayLike<number>, expected: readonly number[]): number =>
  greatest(expected.map((each, i) => each - found[i]!))

/** Of the largest logit, over all rows. */
async function logitsApart({ ids, rows }: Prompt): Promise<number> {
  const at = rows.map(({ at: [, column] }) => column)
  const { logits } = await model.run({ batch: padRows([ids]), at })
  const { vocabSize } = model.config
  const departures = rows.map((row, i) => {
    const own = row.tokens.map((token) => logits[i * vocabSize + token]!)
    return apart(own, row.logits) / greatest(row.logits)
  })
  return greatest(departures)
}

/** Of log-probabilities, scored as completions and as continuations. */
async function completionsApart({ ids, completions }: Prompt): Promise<number> {
  const items = completions.map((completion) => ({ prompt: ids, completion: completion.ids }))
  const continuations = completions.map((completion) => completion.ids)
  const scored = [await completionLogProbs(model, items), await continuationLogProbs(model, ids, continuations)]
  return greatest(scored.flatMap((found) => completions.map(({ logprobs }, i) => apart(found[i]!, logprobs))))
}

/** Of probabilities, relative; the tokens that spell the answers must be the same. */
async function answersApart({ ids, answers }: Prompt): Promise<number> {
  const own = { yes: tokenVariants(model.tokenizer!, ['yes']), no: tokenVariants(model.tokenizer!, ['no']) }
  const [found] = await nextTokenProbabilities(model, [ids], own)
  const same = (['yes', 'no'] as const).every((each) => `${own[each]}` === `${answers[each].tokens}`)
  const ratios = (['yes', 'no'] as const).map((each) => found![each] / answers[each].probability - 1)
  return same ? greatest(ratios) : Number.POSITIVE_INFINITY
}

const continued = await generate(
  model,
  prompts.map(({ ids }) => ids),
  { temperature: 0, maxNewTokens: 64, stopTokenIds: [] },
)

// Logits are about 30, in f32: 1e-5 of that is 3e-4 of a log-probability, and of a probability.
const limits = { tokens: 0, logits: 1e-5, greedy: 3e-4, completions: 3e-4, answers: 3e-4 }
for (const [i, prompt] of prompts.entries()) {
  const departures = {
    tokens: prompt.greedy.tokens.filter((id, k) => id !== continued[i]!.tokens[k]).length,
    logits: await logitsApart(prompt),
    greedy: apart(continued[i]!.logProbs, prompt.greedy.logprobs),
    completions: await completionsApart(prompt),
    answers: await answersApart(prompt),
  }
  console.log(JSON.stringify(prompt.text.slice(-40)), departures)
  const names = Object.keys(limits) as (keyof typeof limits)[]
  if (names.some((name) => !(departures[name] <= limits[name]))) process.exitCode = 1
}
await model.release()

/** The change that the golden run begins with: A by a formula, B zero. */
function initialChange({ rank, targetModules }: LoraRun): Record<string, Tensor> {
  const change: Record<string, Tensor> = {}
  for (const { name, inputs, outputs } of linearModules(model.config)) {
    const place = targetModules.findIndex((target) => name.endsWith(`.${target}`))
    if (place < 0) continue
    const layer = Number(/\.(\d+)\./.exec(name)![1])
    const at = (k: number) => Math.sin(0.37 * k + layer + place / 4) / Math.sqrt(inputs)
    const down = Float32Array.from({ length: rank * inputs }, (_, k) => at(k))
    change[`${name}.lora_A.weight`] = tensor(down, { shape: [rank, inputs] })
    change[`${name}.lora_B.weight`] = zeros([outputs, rank])
  }
  return change
}

/** How far losses and gradient norms of the golden steps are off, relative. */
async function trainingApart(run: LoraRun): Promise<{ readonly losses: number; readonly gradientNorms: number }> {
  const { rank, alpha, targetModules, learningRate } = run
  const { weightDecay, maxGradientNorm } = optimizer
  const policy = localPolicy(model, {
    lora: { rank, alpha, targetModules },
    initial: initialChange(run),
    optimizer: (rate) => chain(clipByGlobalNorm(maxGradientNorm), adamW({ learningRate: rate, weightDecay })),
  })
  const data = run.ids.map((ids, row): Datum => {
    const length = run.attentionMask[row]!.reduce((sum, each) => sum + each, 0)
    return { tokens: ids.slice(0, length), completionMask: run.completionMask[row]!.slice(0, length) }
  })
  const found = { losses: [] as number[], gradientNorms: [] as number[] }
  for (const _ of run.losses) {
    found.losses.push((await policy.forwardBackward(data, sftLoss)).loss)
    found.gradientNorms.push((await policy.optimStep({ learningRate })).gradNorm)
  }
  await policy.release()
  const relative = (name: 'losses' | 'gradientNorms') =>
    greatest(found[name].map((value, i) => value / run[name][i]! - 1))
  return { losses: relative('losses'), gradientNorms: relative('gradientNorms') }
}

const training = await trainingApart(lora)
console.log('LoRA', training)
if (!(training.losses <= 1e-4 && training.gradientNorms <= 3e-4)) process.exitCode = 1
