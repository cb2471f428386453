import type { PairItem, ResponseItem } from '@prefkit/rubrics'
import type { Judge, PairJudgement, ScoreJudgement, ScoringJudge } from '../judge'
import type { BatchOptions } from './batch-options'
import type { ItemFailure } from './journal'
import { type BatchItem, type BatchOutcome, runBatch } from './run-batch'

/** What became of an item: a judgement, or why there is none. */
export type Judged<Judgement> =
  | { readonly id: string; readonly judgement: Judgement; readonly error?: never }
  | { readonly id: string; readonly error: ItemFailure; readonly judgement?: never }

/**
 * Judges pairs, some at once, and gives the judgements in the order of the pairs. With a `journal` the run can be killed at
 * any time and started again: what it has is not asked for again. With a `cachedModel` the votes of a pair that was in
 * flight are kept too.
 *
 * ```ts
 * for await (const { id, judgement } of judgeAll(judge, pairs, { journal: 'judgements.jsonl' }))
 *   console.log(id, judgement?.verdict)
 * ```
 * @param items pairs with an id each, of any number: an array, or a stream that is read as it is needed.
 * @throws JudgeError as `runBatch` does.
 */
export const judgeAll = (
  judge: Judge,
  items: Iterable<BatchItem & PairItem> | AsyncIterable<BatchItem & PairItem>,
  options: BatchOptions = {},
): AsyncGenerator<Judged<PairJudgement>, void, undefined> =>
  judged(
    runBatch(
      {
        task: 'compare',
        name: judge.name,
        identity: judge.identity,
        run: ({ id: _, ...pair }: BatchItem & PairItem, call) => judge.compare(pair, call),
        usageOf: ({ usage }) => usage,
      },
      items,
      options,
    ),
  )

/** Scores responses, as `judgeAll` judges pairs. @throws JudgeError as `runBatch` does. */
export const scoreAll = (
  judge: ScoringJudge,
  items: Iterable<BatchItem & ResponseItem> | AsyncIterable<BatchItem & ResponseItem>,
  options: BatchOptions = {},
): AsyncGenerator<Judged<ScoreJudgement>, void, undefined> =>
  judged(
    runBatch(
      {
        task: 'score',
        name: judge.name,
        identity: judge.identity,
        run: ({ id: _, ...response }: BatchItem & ResponseItem, call) => judge.score(response, call),
        usageOf: ({ usage }) => usage,
      },
      items,
      options,
    ),
  )

async function* judged<Judgement>(
  outcomes: AsyncGenerator<BatchOutcome<Judgement>, void, undefined>,
): AsyncGenerator<Judged<Judgement>, void, undefined> {
  for await (const { id, result, error } of outcomes)
    yield error ? { id, error } : { id, judgement: result as Judgement }
}
