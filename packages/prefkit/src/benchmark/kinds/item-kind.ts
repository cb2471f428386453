import type { BatchOptions, Judged } from '@prefkit/judges'
import type { JudgeConfig } from '../../judge/judge-config'
import type { JudgeSurroundings } from '../../judge/judge-surroundings'
import type { ItemResult } from '../item-result'
import type { BenchmarkItem } from '../open-benchmark'

/** How texts of judges are read that were recorded elsewhere. */
export interface RecordReading {
  /** What the two responses are called in them, and a tie where it has a name. */
  readonly labels: readonly string[]
}

/** A row of recorded outcomes; refuses one of its fields. */
export interface RecordedRow {
  readonly value: Readonly<Record<string, unknown>>
  /** Throws `BAD_ROW` naming file, line and field. */
  readonly refuse: (field: string, problem: string) => never
}

/** Items being judged. */
export interface JudgingItems {
  /** The judge's name. */
  readonly judge: string
  readonly results: AsyncIterable<Judged<ItemResult>>
}

/** What is done with the items of one kind of task. */
export interface ItemKind {
  /** Judges items; absent where nobody is asked. */
  readonly judge?: (
    items: readonly BenchmarkItem[],
    config: JudgeConfig,
    around: JudgeSurroundings,
    batch: BatchOptions,
  ) => Promise<JudgingItems>
  /** What a row of recorded outcomes says of its item. */
  readonly read: (row: RecordedRow, item: BenchmarkItem, reading: RecordReading) => ItemResult
  /** An outcome as fields of such a row. */
  readonly fields: (result: ItemResult) => object
}

/** Judgements as what came of their items. */
export async function* concluded<Judgement>(
  judged: AsyncIterable<Judged<Judgement>>,
  conclude: (judgement: Judgement) => ItemResult,
): AsyncGenerator<Judged<ItemResult>> {
  for await (const { id, judgement, error } of judged)
    yield error ? { id, error } : { id, judgement: conclude(judgement as Judgement) }
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** A field that is of the type expected, or is absent or null; refuses another. */
export function optional<T>(
  { value, refuse }: RecordedRow,
  field: string,
  accepts: (found: unknown) => found is T,
  expected: string,
): T | null | undefined {
  const found = Object.hasOwn(value, field) ? value[field] : undefined
  if (found === undefined || found === null || accepts(found)) return found as T | null | undefined
  return refuse(field, `expected ${expected}, is ${shown(found)}`)
}

export const isText = (found: unknown): found is string => typeof found === 'string'
export const isNumber = (found: unknown): found is number => Number.isFinite(found)
