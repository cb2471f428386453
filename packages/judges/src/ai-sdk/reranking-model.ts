import { textOf } from '../adapters/conversation-of'
import { type GradeOptions, gradeOptionNames } from '../adapters/grade-output'
import { scoringJudge, shareOfScale } from '../adapters/scale'
import { checkOptions } from '../check-options'
import type { Judge } from '../judge'
import { JudgeError } from '../judge-error'
import { rankResponses } from '../judging/rank-responses'
import type { Usage } from '../usage'

/** The part that is used of what the AI SDK passes to a reranking model. */
export interface RerankingCall {
  readonly query: string
  /** Texts, or JSON objects, which are judged as JSON. */
  readonly documents: { readonly values: readonly unknown[] }
  /** How many of the best to return. Default: all. */
  readonly topN?: number
  /** Stops the judge. */
  readonly abortSignal?: AbortSignal
}

/** The AI SDK's `RerankingModelV4Result`. */
export interface RerankingResult {
  /** Best first; `relevanceScore` in [0, 1]. */
  ranking: { index: number; relevanceScore: number }[]
  /** In how many pairs the judge abstained, where it did. */
  warnings: { type: 'other'; message: string }[]
  /** What the judge used, as `prefkit.usage`. */
  providerMetadata: { prefkit: { usage: { [key in keyof Usage]: number } } }
}

/** The AI SDK's `RerankingModelV4`. */
export interface RerankingModel {
  readonly specificationVersion: 'v4'
  readonly provider: string
  /** The judge's name. */
  readonly modelId: string
  readonly doRerank: (call: RerankingCall) => Promise<RerankingResult>
}

/** How documents are graded. */
export type RerankingModelOptions = GradeOptions

/**
 * A judge as a reranking model of the AI SDK: the query is the prompt and each document a response to it. With `scale`
 * each document is scored once; without, each is compared with each other one, n (n − 1) / 2 comparisons for n
 * documents, and has the mean of its win probabilities. Throws `JudgeError` for options that are none; `doRerank`
 * throws `NO_ANSWER` for a document that the judge had no answer about.
 */
export function rerankingModel(judge: Judge, options: RerankingModelOptions = {}): RerankingModel {
  checkOptions('rerankingModel', options, gradeOptionNames)
  const { scale } = options
  if (scale !== undefined) scoringJudge('rerankingModel', judge, scale)
  const method = scale === undefined ? 'round-robin' : 'scores'
  const doRerank = async ({
    query,
    documents,
    topN,
    abortSignal,
  }: RerankingCall): Promise<RerankingResult> => {
    const responses = documents.values.map((value) => textOf(value) ?? '')
    const list = { prompt: query, responses }
    const ranked = await rankResponses(judge, list, { method, ...(abortSignal && { signal: abortSignal }) })
    const [unknown] = ranked.unranked
    if (unknown !== undefined) {
      const message = `rerankingModel: documents[${unknown}] has no grade: the judge had no answer`
      throw new JudgeError('NO_ANSWER', `documents[${unknown}]`, message)
    }
    const relevanceOf = (score: number | null) => {
      // A document alone is ranked without being judged.
      if (score === null) return 1
      return scale === undefined ? score : shareOfScale(score, scale)
    }
    const ranking = ranked.ranking.map((index) => ({
      index,
      relevanceScore: relevanceOf(ranked.scores[index] ?? null),
    }))
    const message = `the judge abstained in ${ranked.abstained} of ${ranked.pairs} pairs, which are left out`
    const warnings = ranked.abstained > 0 ? [{ type: 'other' as const, message }] : []
    const providerMetadata = { prefkit: { usage: { ...ranked.usage } } }
    return { ranking: ranking.slice(0, topN), warnings, providerMetadata }
  }
  return { specificationVersion: 'v4', provider: 'prefkit', modelId: judge.name, doRerank }
}
