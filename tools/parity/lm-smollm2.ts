// Compares @prefkit/lm with transformers on SmolLM2-135M-Instruct, whose weights are not in the repository:
//
//     node --import ./tools/on-sources.mjs tools/parity/lm-smollm2.ts smollm2/…/SmolLM2-135M-Instruct.Q4_1.gguf
//
// Prints how far logits, greedy tokens, completions and answers depart from packages/lm/src/goldens/smollm2.json, and
// fails where they depart too far.
import { readFileSync } from 'node:fs'
import {
  completionLogProbs,
  continuationLogProbs,
  generate,
  nextTokenProbabilities,
  padRows,
  tokenVariants,
} from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'

interface Prompt {
  readonly text: string
  readonly ids: readonly number[]
  readonly rows: readonly { at: [number, number]; tokens: readonly number[]; logits: readonly number[] }[]
  readonly greedy: { readonly tokens: readonly number[]; readonly logprobs: readonly number[] }
  readonly completions: readonly { readonly ids: readonly number[]; readonly logprobs: readonly number[] }[]
  readonly answers: Readonly<Record<'yes' | 'no', { tokens: readonly number[]; probability: number }>>
}

const golden = new URL('../../packages/lm/src/goldens/smollm2.json', import.meta.url)
const { prompts } = JSON.parse(readFileSync(golden, 'utf8')) as { prompts: Prompt[] }
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
