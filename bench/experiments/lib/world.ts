import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type LoadedLanguageModel, type LocalPolicyOptions, localPolicy } from '@prefkit/lm'
import { loadLanguageModel, savePolicy } from '@prefkit/lm/files'
import { warmStory } from '../../../packages/prefkit/data/stories260k/warm-stories.mjs'
import {
  type JudgeTemplate,
  judgeTemplate,
  type LoopPrompt,
  type LoopResponse,
  type Sampling,
} from '../../../packages/prefkit/src/loop/index.ts'
import type { Size } from './sizes.ts'

const packages = new URL('../../../packages/', import.meta.url)

/** The model of 260,032 parameters that all experiments are of unless another is given. */
export const storiesPath = new URL('lm/src/goldens/stories260K.bin', packages).pathname

/** What the experiments of a size share: a model, prompts, and a golden reward. */
export interface World {
  readonly size: Size
  /** As results name it. */
  readonly modelName: string
  readonly model: LoadedLanguageModel & { readonly tokenizer: NonNullable<LoadedLanguageModel['tokenizer']> }
  /** The model, or one that was saved, as a policy that learns. */
  readonly policy: (
    options?: LocalPolicyOptions,
    model?: LoadedLanguageModel,
  ) => ReturnType<typeof localPolicy>
  /** First sentences of stories: no prompt is in two lists. */
  readonly prompts: {
    /** Of which comparisons are made. */
    readonly compared: readonly LoopPrompt[]
    /** On which reward models are tested. */
    readonly judged: readonly LoopPrompt[]
    /** On which policies learn. */
    readonly learnt: readonly LoopPrompt[]
    /** On which policies are tested. */
    readonly heldOut: readonly LoopPrompt[]
  }
  /** What annotators like, who are simulated: warm words, no sad ones, nothing twice. */
  readonly golden: (response: Pick<LoopResponse, 'text'>) => number
  readonly sampling: Sampling
  /** The question of a generative judge in a few letters, as the vocabulary has no more. */
  readonly template: JudgeTemplate
  /** Tokens of a text that does not begin one. */
  readonly encode: (text: string) => readonly number[]
}

const readRows = (name: string): { readonly id: number; readonly prompt: string }[] =>
  readFileSync(new URL(`prefkit/data/stories260k/${name}.jsonl`, packages), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Prompts that reward models are tested on come after those that policies learn on, at any size. */
const places = { judged: 48, compared: 86 }

/** A model as results name it: not by a place on this machine. */
export const modelNameOf = (path: string): string => (path === storiesPath ? 'stories260K' : basename(path))

export async function openWorld(size: Size, modelPath: string = storiesPath): Promise<World> {
  const model = await loadLanguageModel(modelPath)
  const { tokenizer } = model
  if (!tokenizer) throw new Error(`--model: expected a model with a tokeniser, got ${modelPath} without`)
  const promptsOf = (name: string, from: number, to: number): LoopPrompt[] =>
    readRows(name)
      .slice(from, to)
      .map(({ id, prompt }) => ({
        ...{ id: String(id), text: prompt, tokens: Array.from(tokenizer.encode(prompt)) },
      }))
  return {
    size,
    modelName: modelNameOf(modelPath),
    model: { ...model, tokenizer },
    policy: (options = {}, own = model) => localPolicy(own, { write: savePolicy, ...options }),
    prompts: {
      learnt: promptsOf('prompts', 0, size.policy.prompts),
      judged: promptsOf('prompts', places.judged, places.compared),
      compared: promptsOf('prompts', places.compared, places.compared + size.comparisons.prompts),
      heldOut: promptsOf('held-out', 0, size.policy.heldOutPrompts),
    },
    golden: ({ text }) => warmStory({ text }),
    sampling: { maxNewTokens: size.responseTokens, batchSize: 128 },
    template: judgeTemplate(model, {
      write: ({ first, second }) => `A:${first}\nB:${second}\nA?`,
      words: { yes: ['Y'], no: ['N'] },
    }),
    encode: (text) => Array.from(tokenizer.encode(text, { addSpecialTokens: false })),
  }
}
