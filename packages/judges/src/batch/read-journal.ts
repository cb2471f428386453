import { open } from 'node:fs/promises'
import { JudgeError } from '../judge-error'
import { checkUnchanged, contentHash } from './check-item'
import { entryAt, type Header, layout, notOurs, type ScannedJournal, scanJournal } from './journal-file'
import { type BatchItem, type BatchOutcome, outcomeOf } from './run-batch'

/** What a journal has of a batch, as it was when it was read. */
export interface SavedBatch<Result> {
  /** What was done with each item: `compare` for `judgeAll`, `score` for `scoreAll`. */
  readonly task: string
  /** The name of the judge. */
  readonly name: string
  /** What tells the judge from others. */
  readonly identity: Readonly<Record<string, unknown>>
  /** How many items it has an outcome of. */
  readonly size: number
  /**
   * The last outcome of each item, one after another, so that a journal of any length fits. With `items` theirs alone, in their
   * order, passing over those that the journal lacks; otherwise in the order in which the items were first settled.
   * @throws JudgeError `ITEM_CHANGED` for an item that has other content than the judge was shown.
   */
  readonly outcomes: (
    items?: Iterable<BatchItem> | AsyncIterable<BatchItem>,
  ) => AsyncGenerator<BatchOutcome<Result>, void, undefined>
}

/**
 * Reads the journal of a run that has ended, or of one at work, without its judge and its server: nothing is asked, written or
 * locked. A last line that was not finished is passed over.
 *
 * ```ts
 * const { name, outcomes } = await readJournal<PairJudgement>('judgements.jsonl')
 * for await (const { id, result } of outcomes()) console.log(name, id, result?.verdict)
 * ```
 * @param path the `journal` that `judgeAll`, `scoreAll` or `runBatch` had.
 * @throws JudgeError `JOURNAL_MISMATCH` for a file that is not there or no journal; `JOURNAL_DAMAGED`.
 */
export async function readJournal<Result>(path: string): Promise<SavedBatch<Result>> {
  const check = (header: Header) => {
    if (header.layout !== layout)
      throw notOurs(path, `its layout is ${header.layout}, and that of this version is ${layout}`)
  }
  const scanned = await scanJournal(path, check, () => {}).catch((cause: unknown) => {
    if (JudgeError.isInstance(cause)) throw cause
    throw notOurs(path, `it cannot be read: ${(cause as Error).message}`)
  })
  if (!scanned.header) throw notOurs(path, 'it is not there, or has no header of a journal yet')
  // The scan takes only a header of this layout whose checksum matches.
  const { task, name, identity } = scanned.header as unknown as SavedBatch<Result>
  return {
    task,
    name,
    identity,
    size: scanned.offsets.size,
    outcomes: (items) => giveOutcomes(path, scanned, items),
  }
}

async function* giveOutcomes<Result>(
  path: string,
  { offsets }: ScannedJournal,
  items: Iterable<BatchItem> | AsyncIterable<BatchItem> | undefined,
): AsyncGenerator<BatchOutcome<Result>, void, undefined> {
  const handle = await open(path, 'r')
  try {
    if (!items) {
      for (const offset of offsets.values()) yield outcomeOf(await entryAt(path, handle, offset))
      return
    }
    for await (const item of items) {
      const offset = offsets.get(item.id)
      if (offset === undefined) continue
      const entry = await entryAt(path, handle, offset)
      checkUnchanged(entry, contentHash(item))
      yield outcomeOf(entry)
    }
  } finally {
    await handle.close()
  }
}
