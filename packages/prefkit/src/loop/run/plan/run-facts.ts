import { readFile } from 'node:fs/promises'
import { chatTemplate, type Datum, type ModelConfig, parameterCount } from '@prefkit/lm'
import { loadCheckpoint } from '@prefkit/lm/files'
import { completionRow } from '../../../lm/completion-rows'
import { type Encoding, requireEncoding } from '../../../lm/encode-prompt'
import { requireModel } from '../../../lm/require-model'
import { sftDatum } from '../../../lm/sft-data'
import { readRows } from '../../../tables/read-rows'
import type { PreferencePair } from '../../prompts/preference-pair'
import type { LoopPrompt } from '../../prompts/prompt'
import type { RunConfig } from '../config/run-config'
import { humanPairs, longestPair } from '../data/human-pairs'
import { pairsToLearn } from '../data/pairs-to-learn'
import { readPrompts } from '../data/read-prompts'
import { templateOf } from '../models/pairwise-template'

/** Rows of data, as far as a plan goes by them. */
export interface DataFacts {
  readonly rows: number
  /** Tokens of a row, on the average. */
  readonly tokens: number
  /** Those of the longest row. */
  readonly longest: number
}

/** What is known before a run: of the model's files, without its weights, and of the data. */
export interface RunFacts {
  readonly model: ModelConfig
  readonly parameters: number
  readonly prompts: { readonly train: DataFacts; readonly heldOut: DataFacts; readonly tooLong: number }
  /** Some of the prompts, to measure speeds on. */
  readonly some: readonly LoopPrompt[]
  /** Of fine-tuning. */
  readonly sft: DataFacts
  /** Of comparisons that are there: prompt and response together. */
  readonly human: DataFacts & { readonly tooLong: number; readonly equal: number }
  /** Tokens of the question to a pairwise reward model beside prompt and responses. */
  readonly question: number
}

const none: DataFacts = { rows: 0, tokens: 0, longest: 0 }

function factsOf(lengths: readonly number[]): DataFacts {
  if (lengths.length === 0) return none
  const sum = lengths.reduce((total, length) => total + length, 0)
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0)
  return { rows: lengths.length, tokens: sum / lengths.length, longest }
}

/** A model's tokeniser and template, without its weights. */
async function openEncoding({ model }: RunConfig): Promise<{ encoding: Encoding; config: ModelConfig }> {
  await requireModel(model.path)
  const tokenizer = model.tokenizer === undefined ? {} : { tokenizer: model.tokenizer }
  const checkpoint = await loadCheckpoint(model.path, tokenizer)
  await checkpoint.close()
  const encoding = requireEncoding(checkpoint)
  if (model.chatTemplate === undefined) return { encoding, config: checkpoint.config }
  const source = await readFile(model.chatTemplate, 'utf8')
  const template = chatTemplate(source, encoding.tokenizer.specialTokens)
  return { encoding: { ...encoding, chatTemplate: template }, config: checkpoint.config }
}

async function sftFacts({ sft, model: { chat, system } }: RunConfig, encoding: Encoding): Promise<DataFacts> {
  if (!sft) return none
  const { maxLength } = sft
  const rows = (await readRows(sft.files)).map(completionRow)
  const data: Datum[] = rows.map((row) => sftDatum(encoding, row, { chat, system, maxLength }))
  return factsOf(data.map(({ tokens }) => tokens.length))
}

async function humanFacts(
  config: RunConfig,
  encoding: Encoding,
  model: ModelConfig,
): Promise<RunFacts['human']> {
  const { comparisons } = config
  if (comparisons?.source !== 'human') return { ...none, tooLong: 0, equal: 0 }
  const room = longestPair(comparisons, model)
  const pairs: PreferencePair[] = []
  for await (const pair of humanPairs(comparisons, encoding, config)) pairs.push(pair)
  const { kept, tooLong, equal } = pairsToLearn(pairs, room)
  const lengths = kept.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map(({ tokens }) => prompt.tokens.length + tokens.length),
  )
  return { ...factsOf(lengths), tooLong, equal }
}

function questionTokens({ rewardModel }: RunConfig, encoding: Encoding): number {
  if (rewardModel?.kind !== 'pairwise') return 0
  const { template, rule = null } = rewardModel
  const nothing = { text: '', tokens: [] }
  const prompt = { id: '', text: '', tokens: [] }
  return templateOf(encoding, { template, rule }).tokens({ prompt, first: nothing, second: nothing }).length
}

/**
 * Looks at the files of a run: no weight is read, and nothing is computed.
 * @throws PrefkitError, LmError, DatasetError for files that a run could not read either.
 */
export async function runFacts(config: RunConfig): Promise<RunFacts> {
  const { encoding, config: model } = await openEncoding(config)
  const prompts = config.prompts
    ? await readPrompts(config, { encoding, model })
    : { train: [], heldOut: [], tooLong: 0 }
  const lengthsOf = (some: readonly LoopPrompt[]) => factsOf(some.map(({ tokens }) => tokens.length))
  return {
    ...{ model, parameters: parameterCount(model), some: prompts.train.slice(0, 64) },
    prompts: {
      train: lengthsOf(prompts.train),
      heldOut: lengthsOf(prompts.heldOut.slice(0, config.evaluation.prompts)),
      tooLong: prompts.tooLong,
    },
    sft: await sftFacts(config, encoding),
    human: await humanFacts(config, encoding, model),
    question: questionTokens(config, encoding),
  }
}
