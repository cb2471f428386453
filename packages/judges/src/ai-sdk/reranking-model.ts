import PQueue from 'p-queue'
import { textOf } from '../adapters/conversation-of'
import {
  type Grade,
  type GradeOptions,
  type Grader,
  gradeOptionNames,
  graderOf,
} from '../adapters/grade-output'
import type { CallOptions } from '../chat-model'
import { checkInteger } from '../check-options'
import type { Judge } from '../judge'
import { JudgeError } from '../judge-error'

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
  /** How many questions the judge had no answer to, where it had none to some. */
  warnings: { type: 'other'; message: string }[]
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
export interface RerankingModelOptions extends GradeOptions {
  /** How many questions are put to the judge at once. Default: 8. */
  readonly concurrency?: number
}

/** One question: the grade is of the document `index`, and the other way round of `against`. */
interface Question {
  readonly index: number
  readonly against?: number
}

/** Each document by itself, or each against each. */
const questionsOf = (count: number, byScore: boolean): Question[] =>
  Array.from({ length: count }, (_, index) => index).flatMap((index): Question[] =>
    byScore
      ? [{ index }]
      : Array.from({ length: count - index - 1 }, (_, rest) => ({ index, against: index + 1 + rest })),
  )

/** The mean of what each document got; throws `NO_ANSWER` for a document without any. */
function meanScores(count: number, questions: readonly Question[], grades: readonly Grade[]): number[] {
  const shares = Array.from({ length: count }, (): number[] => [])
  questions.forEach(({ index, against }, place) => {
    const score = grades[place]?.score
    if (score === undefined) return
    shares[index]?.push(score)
    if (against !== undefined) shares[against]?.push(1 - score)
  })
  return shares.map((scores, index) => {
    if (scores.length > 0) return scores.reduce((sum, score) => sum + score, 0) / scores.length
    const message = `rerankingModel: documents[${index}] has no grade: the judge had no answer`
    throw new JudgeError('NO_ANSWER', `documents[${index}]`, message)
  })
}

async function rerank(grade: Grader, byScore: boolean, concurrency: number, call: RerankingCall) {
  const texts = call.documents.values.map((value) => textOf(value) ?? '')
  const options: CallOptions = call.abortSignal === undefined ? {} : { signal: call.abortSignal }
  // A single document has no other to be compared with.
  if (texts.length < 2 && !byScore) return { scores: texts.map(() => 1), unanswered: 0 }
  const questions = questionsOf(texts.length, byScore)
  const queue = new PQueue({ concurrency })
  const ask = ({ index, against }: Question) => {
    const expected = against === undefined ? undefined : texts[against]
    return grade({ prompt: call.query, output: texts[index] ?? '', expected }, options)
  }
  const tasks = questions.map((question) => () => ask(question))
  // Where one fails, those that wait are not asked any more.
  const grades = await queue.addAll(tasks, options).finally(() => queue.clear())
  const unanswered = grades.filter(({ score }) => score === undefined).length
  return { scores: meanScores(texts.length, questions, grades), unanswered }
}

/**
 * A judge as a reranking model of the AI SDK: the query is the prompt and each document a response to it. With `scale`
 * each document is scored once; without, each is compared with each other one, n (n − 1) / 2 comparisons for n
 * documents, and has the mean of its win probabilities. Throws `JudgeError` for options that are none; `doRerank`
 * throws `NO_ANSWER` for a document that the judge had no answer about.
 */
export function rerankingModel(judge: Judge, options: RerankingModelOptions = {}): RerankingModel {
  const grade = graderOf('rerankingModel', judge, options, { ...gradeOptionNames, concurrency: true })
  const { scale, concurrency = 8 } = options
  checkInteger('concurrency', concurrency, 1)
  const doRerank = async (call: RerankingCall): Promise<RerankingResult> => {
    const { scores, unanswered } = await rerank(grade, scale !== undefined, concurrency, call)
    const ranking = scores
      .map((relevanceScore, index) => ({ index, relevanceScore }))
      .sort((first, second) => second.relevanceScore - first.relevanceScore)
      .slice(0, call.topN)
    const message = `the judge had no answer to ${unanswered} questions, which are left out`
    return { ranking, warnings: unanswered > 0 ? [{ type: 'other', message }] : [] }
  }
  return { specificationVersion: 'v4', provider: 'prefkit', modelId: judge.name, doRerank }
}
