import { readFile } from 'node:fs/promises'
import {
  generativeJudge,
  type Judge,
  listwiseJudge,
  logprobJudge,
  pointwiseJudge,
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
import type { OpenAnsweringModel } from './answering-model'
import type { JudgeConfig, ListAsking, PairAsking, Sampling, ScoreAsking } from './judge-config'
import type { JudgeSurroundings } from './judge-surroundings'

const pairFormats: Readonly<
  Record<NonNullable<PairAsking['format']>, (options: Pick<PairFormatOptions, 'rule'>) => PairFormat>
> = {
  'yes-no': pairwiseYesNoFormat,
  label: pairwiseLabelFormat,
  reasoning: pairwiseReasoningFormat,
}

const formatOf = (name: NonNullable<PairAsking['format']>, { rule }: PairAsking): PairFormat =>
  pairFormats[name](rule === undefined ? {} : { rule })

const samplingOf = ({ votes, temperature }: Sampling, { server, seed }: JudgeConfig) => ({
  votes,
  temperature,
  seed,
  ...(server.maxTokens !== undefined && { maxTokens: server.maxTokens }),
})

/** A judge of pairs by a model: by probabilities of tokens where it tells them, or by written answers. */
export const askPairs =
  (open: OpenAnsweringModel) =>
  async (argument: string, config: JudgeConfig<PairAsking>, around: JudgeSurroundings): Promise<Judge> => {
    const { asking, seed } = config
    const { method, format, orders, inconsistent } = asking
    const model = await open(argument, config, around)
    const provider = method === 'text' ? undefined : await model.logprobs(method === 'logprobs')
    if (provider) {
      const shape = formatOf(format ?? 'yes-no', asking)
      return logprobJudge(provider, shape, { orders, inconsistent, seed })
    }
    const shape = formatOf(format ?? 'reasoning', asking)
    return generativeJudge(model.chat, shape, { ...samplingOf(asking, config), orders, inconsistent })
  }

/** Rubrics of a file. @throws PrefkitError `DATA_MISSING`, `INVALID_CONFIG` naming it. */
export async function readRubrics(file: string): Promise<readonly Rubric[]> {
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
export const askScores =
  (open: OpenAnsweringModel) =>
  async (
    argument: string,
    config: JudgeConfig<ScoreAsking>,
    around: JudgeSurroundings,
  ): Promise<ScoringJudge> => {
    const { asking } = config
    const shape = asking.format === 'rating' ? ratingFormat() : await rubricFormat(asking)
    const { chat } = await open(argument, config, around)
    return pointwiseJudge(chat, shape, samplingOf(asking, config))
  }

/** A judge that puts several responses in order. */
export const askLists =
  (open: OpenAnsweringModel) =>
  async (
    argument: string,
    config: JudgeConfig<ListAsking>,
    around: JudgeSurroundings,
  ): Promise<RankingJudge> => {
    const { chat } = await open(argument, config, around)
    return listwiseJudge(chat, listwiseFormat(), samplingOf(config.asking, config))
  }
