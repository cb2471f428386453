import type { ChecklistItem, ListItem, PairItem, ResponseItem } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkMethods } from '../check-arguments'
import type { Judge, PairJudgement, ScoreJudgement, ScoringJudge } from '../judge'
import type { ChecklistJudge, ChecklistJudgement } from '../judging/checklist-judge'
import type { ListJudgement, RankingJudge } from '../judging/listwise-judge'
import type { Usage } from '../usage'
import type { BatchOptions } from './batch-options'
import type { ItemFailure } from './item-failure'
import { type BatchItem, type BatchOutcome, runBatchOf } from './run-batch'

/** What became of an item: a judgement, or why there is none. */
export type Judged<Judgement> =
  | { readonly id: string; readonly judgement: Judgement; readonly error?: never }
  | { readonly id: string; readonly error: ItemFailure; readonly judgement?: never }

type Items<Item> = Iterable<BatchItem & Item> | AsyncIterable<BatchItem & Item>
type Judgements<Judgement> = AsyncGenerator<Judged<Judgement>, void, undefined>

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
  items: Items<PairItem>,
  options: BatchOptions = {},
): Judgements<PairJudgement> =>
  askAll(
    { owner: 'judgeAll', task: 'compare', judge, ask: (pair: PairItem, call) => judge.compare(pair, call) },
    items,
    options,
  )

/** Scores responses, as `judgeAll` judges pairs. @throws JudgeError as `runBatch` does. */
export const scoreAll = (
  judge: ScoringJudge,
  items: Items<ResponseItem>,
  options: BatchOptions = {},
): Judgements<ScoreJudgement> =>
  askAll(
    { owner: 'scoreAll', task: 'score', judge, ask: (each: ResponseItem, call) => judge.score(each, call) },
    items,
    options,
  )

/** Puts the responses of lists in order, as `judgeAll` judges pairs. @throws JudgeError as `runBatch` does. */
export const rankAll = (
  judge: RankingJudge,
  items: Items<ListItem>,
  options: BatchOptions = {},
): Judgements<ListJudgement> =>
  askAll(
    { owner: 'rankAll', task: 'rank', judge, ask: (list: ListItem, call) => judge.rank(list, call) },
    items,
    options,
  )

/** Answers the questions about responses, as `judgeAll` judges pairs. @throws JudgeError as `runBatch` does. */
export const checkAll = (
  judge: ChecklistJudge,
  items: Items<ChecklistItem>,
  options: BatchOptions = {},
): Judgements<ChecklistJudgement> =>
  askAll(
    { owner: 'checkAll', task: 'check', judge, ask: (each: ChecklistItem, call) => judge.check(each, call) },
    items,
    options,
  )

/** What is asked of whom. */
interface Asking<Item, Judgement> {
  /** The function that was called, for messages. */
  readonly owner: string
  readonly task: string
  readonly judge: Pick<Judge, 'name' | 'identity'>
  readonly ask: (item: Item, call: CallOptions) => Promise<Judgement>
}

const usageOf = ({ usage }: { readonly usage: Usage }): Usage => usage

function askAll<Item, Judgement extends { readonly usage: Usage }>(
  { owner, task, judge, ask }: Asking<Item, Judgement>,
  items: Items<Item>,
  options: BatchOptions,
): Judgements<Judgement> {
  checkMethods('judge', judge, [task], `a judge that can ${task}`)
  const { name, identity } = judge
  // A judge is not shown ids, which may say where a response is from.
  const run = ({ id: _, ...item }: BatchItem & Item, call: CallOptions) => ask(item as Item, call)
  return gather(runBatchOf(owner, { task, name, identity, run, usageOf }, items, options))
}

async function* gather<Judgement>(outcomes: AsyncIterable<BatchOutcome<Judgement>>): Judgements<Judgement> {
  for await (const { id, result, error } of outcomes)
    yield error ? { id, error } : { id, judgement: result as Judgement }
}
