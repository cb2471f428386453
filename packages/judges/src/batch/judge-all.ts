import type { PairItem, ResponseItem } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import type { Judge, PairJudgement, ScoreJudgement, ScoringJudge } from '../judge'
import type { Usage } from '../usage'
import type { BatchOptions } from './batch-options'
import type { ItemFailure } from './item-failure'
import { type BatchItem, type BatchOutcome, type BatchTask, runBatchOf } from './run-batch'

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
    'judgeAll',
    {
      ...taskOf(judge),
      task: 'compare',
      run: withoutId<PairItem, PairJudgement>((pair, call) => judge.compare(pair, call)),
    },
    items,
    options,
  )

/** Scores responses, as `judgeAll` judges pairs. @throws JudgeError as `runBatch` does. */
export const scoreAll = (
  judge: ScoringJudge,
  items: Iterable<BatchItem & ResponseItem> | AsyncIterable<BatchItem & ResponseItem>,
  options: BatchOptions = {},
): AsyncGenerator<Judged<ScoreJudgement>, void, undefined> =>
  judged(
    'scoreAll',
    {
      ...taskOf(judge),
      task: 'score',
      run: withoutId<ResponseItem, ScoreJudgement>((each, call) => judge.score(each, call)),
    },
    items,
    options,
  )

const taskOf = ({ name, identity }: Judge) => ({
  name,
  identity,
  usageOf: ({ usage }: { readonly usage: Usage }) => usage,
})

/** A judge is not shown ids, which may say where a response is from. */
const withoutId =
  <Item, Judgement>(judge: (item: Item, call: CallOptions) => Promise<Judgement>) =>
  ({ id: _, ...item }: BatchItem & Item, call: CallOptions): Promise<Judgement> =>
    judge(item as Item, call)

async function* gather<Judgement>(
  outcomes: AsyncIterable<BatchOutcome<Judgement>>,
): AsyncGenerator<Judged<Judgement>, void, undefined> {
  for await (const { id, result, error } of outcomes)
    yield error ? { id, error } : { id, judgement: result as Judgement }
}

const judged = <Item extends BatchItem, Judgement>(
  owner: string,
  task: BatchTask<Item, Judgement>,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: BatchOptions,
): AsyncGenerator<Judged<Judgement>, void, undefined> => gather(runBatchOf(owner, task, items, options))
