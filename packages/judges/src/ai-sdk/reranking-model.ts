import { textOf } from '../adapters/conversation-of'
import { type GradeOptions, gradeOptionNames } from '../adapters/grade-output'
import { type Scale, scoringJudge, shareOfScale } from '../adapters/scale'
import { checkOptions } from '../check-options'
import type { Judge } from '../judge'
import { JudgeError } from '../judge-error'
import { type ResponseRanking, rankResponses } from '../judging/rank-responses'
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
  /** In how many pairs the judge abstained, where it did; and that a document alone was not judged. */
  warnings: { type: 'other'; message: string }[]
  /** What the judge used, as `prefkit.usage`. */
  providerMetadata: { prefkit: { usage: { [key in keyof Usage]: Usage[key] } } }
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

/** A document without others to be compared with has no score: as likely as not, for nothing is known of it. */
function relevanceOf(score: number | null, scale: Scale | undefined): number {
  if (score === null) return 0.5
  return scale === undefined ? score : shareOfScale(score, scale)
}

function warningsOf({ abstained, pairs, scores }: ResponseRanking): string[] {
  const left = `the judge abstained in ${abstained} of ${pairs} pairs, which are left out`
  const alone = 'a document alone is compared with none: its relevance is 0.5, for nothing is known of it'
  return [...(abstained > 0 ? [left] : []), ...(scores.length === 1 && scores[0] === null ? [alone] : [])]
}

/**
 * A judge as a reranking model of the AI SDK: the query is the prompt and each document a response to it. With `scale`
 * each document is scored once; without, each is compared with each other one, n (n − 1) / 2 comparisons for n
 * documents, and has the mean of its win probabilities; one alone has 0.5, with a warning. Throws `JudgeError` for options that are none; `doRerank`
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
    const ranking = ranked.ranking.map((index) => ({
      index,
      relevanceScore: relevanceOf(ranked.scores[index] ?? null, scale),
    }))
    const warnings = warningsOf(ranked).map((message) => ({ type: 'other' as const, message }))
    const providerMetadata = { prefkit: { usage: { ...ranked.usage } } }
    return { ranking: ranking.slice(0, topN), warnings, providerMetadata }
  }
  return { specificationVersion: 'v4', provider: 'prefkit', modelId: judge.name, doRerank }
}
