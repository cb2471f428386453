import type { BatchOutcome, Judged } from '@prefkit/judges'

/** Results of a batch as judgements. */
export async function* judgedOutcomes<Judgement>(
  outcomes: AsyncIterable<BatchOutcome<Judgement>>,
): AsyncGenerator<Judged<Judgement>> {
  for await (const { id, result, error } of outcomes)
    yield error ? { id, error } : { id, judgement: result as Judgement }
}
