import { readFile } from 'node:fs/promises'
import {
  type ChatModel,
  cachedLogprobs,
  cachedModel,
  generativeJudge,
  type Judge,
  JudgeError,
  type LogprobProvider,
  listwiseJudge,
  logprobJudge,
  openaiChatModel,
  pointwiseJudge,
  probeLogprobs,
  type RankingJudge,
  type ScoringJudge,
} from '@prefkit/judges'
import {
  listwiseFormat,
  type PairFormat,
  type PairFormatOptions,
  pairwiseLabelFormat,
  pairwiseReasoningFormat,
  pairwiseYesNoFormat,
  parseRubrics,
  pointwiseFormat,
  type Rubric,
  ratingFormat,
  type ScoreFormat,
  taskFamilies,
} from '@prefkit/rubrics'
import { PrefkitError } from '../prefkit-error'
import type { JudgeConfig, ListAsking, PairAsking, Sampling, ScoreAsking, ServerConfig } from './judge-config'
import type { JudgeSurroundings } from './judge-surroundings'
import { serverOptionsOf } from './server-options'

const pairFormats: Readonly<
  Record<NonNullable<PairAsking['format']>, (options: Pick<PairFormatOptions, 'rule'>) => PairFormat>
> = {
  'yes-no': pairwiseYesNoFormat,
  label: pairwiseLabelFormat,
  reasoning: pairwiseReasoningFormat,
}

const formatOf = (name: NonNullable<PairAsking['format']>, { rule }: PairAsking): PairFormat =>
  pairFormats[name](rule === undefined ? {} : { rule })

function openModel(server: ServerConfig, model: string, around: JudgeSurroundings): ChatModel {
  const opened = openaiChatModel(serverOptionsOf(server, model, around))
  return around.cache ? cachedModel(opened, around.cache) : opened
}

const samplingOf = ({ votes, temperature }: Sampling, { server, seed }: JudgeConfig) => ({
  votes,
  temperature,
  seed,
  ...(server.maxTokens !== undefined && { maxTokens: server.maxTokens }),
})

/**
 * Probabilities of tokens, where the server tells them: for `auto`, anything but sampled votes, which written answers are
 * better than.
 */
async function openLogprobs(
  model: string,
  { asking: { method }, server }: JudgeConfig<PairAsking>,
  around: JudgeSurroundings,
): Promise<LogprobProvider | undefined> {
  const { cache, onNotice, signal } = around
  const options = { ...serverOptionsOf(server, model, around), allowSampled: method === 'logprobs' }
  try {
    const { provider, capabilities } = await probeLogprobs(options, { ...(signal && { signal }) })
    onNotice(`${model}: ${capabilities.provenance} probabilities by ${capabilities.method}`)
    return cache ? cachedLogprobs(provider, cache) : provider
  } catch (error) {
    if (method !== 'auto' || !JudgeError.isInstance(error) || error.code !== 'NO_LOGPROBS') throw error
    onNotice(`${model}: the server tells no probabilities of tokens, so it is asked for written answers`)
    return undefined
  }
}

/** A judge of pairs on a server: by probabilities of tokens where it can tell them, or by written answers. */
export async function askPairs(
  model: string,
  config: JudgeConfig<PairAsking>,
  around: JudgeSurroundings,
): Promise<Judge> {
  const { asking, server, seed } = config
  const { method, format, orders, inconsistent } = asking
  const provider = method === 'text' ? undefined : await openLogprobs(model, config, around)
  if (provider) {
    const shape = formatOf(format ?? 'yes-no', asking)
    return logprobJudge(provider, shape, { orders, inconsistent, seed })
  }
  const shape = formatOf(format ?? 'reasoning', asking)
  const options = { ...samplingOf(asking, config), orders, inconsistent }
  return generativeJudge(openModel(server, model, around), shape, options)
}

async function readRubrics(file: string): Promise<readonly Rubric[]> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new PrefkitError('DATA_MISSING', `${file}: could not be read: ${cause.message}`, { cause })
  })
  try {
    return parseRubrics(JSON.parse(text)).rubrics
  } catch (cause) {
    throw new PrefkitError('INVALID_CONFIG', `${file}: ${(cause as Error).message}`, { cause })
  }
}

/** PaTaRM's format: what is known beforehand to matter, and what the judge adds to it. */
async function rubricFormat({ family, rubrics, primary, generate }: ScoreAsking): Promise<ScoreFormat> {
  const [min, max] = generate ?? []
  return pointwiseFormat({
    family: taskFamilies[family],
    primary,
    generate: min === undefined || max === undefined ? false : { min, max },
    ...(rubrics !== undefined && { rubrics: await readRubrics(rubrics) }),
  })
}

/** Judges of single responses, and of several at once, only write answers. */
export async function askScores(
  model: string,
  config: JudgeConfig<ScoreAsking>,
  around: JudgeSurroundings,
): Promise<ScoringJudge> {
  const { asking, server } = config
  const shape = asking.format === 'rating' ? ratingFormat() : await rubricFormat(asking)
  return pointwiseJudge(openModel(server, model, around), shape, samplingOf(asking, config))
}

/** A judge that puts several responses in order. */
export const askLists = (
  model: string,
  config: JudgeConfig<ListAsking>,
  around: JudgeSurroundings,
): RankingJudge =>
  listwiseJudge(openModel(config.server, model, around), listwiseFormat(), samplingOf(config.asking, config))
