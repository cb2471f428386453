import type { OptionNames } from './check-option-names'
import type { Comparison } from './comparison'
import { type DataPlace, DatasetError } from './dataset-error'
import { type DetectedDialect, detectDialect } from './detect-dialect'
import type { ParsedRow, ReferencedText, Row } from './dialects/dialect'
import { type DialectName, dialectNames, dialectTable } from './dialects/dialect-table'
import { rowId } from './dialects/row-facts'
import { type LabelCoding, labelCodings } from './dialects/verdicts'
import type { LocatedRow } from './located-row'
import { noteMadeId } from './made-ids'
import { type PairedResponses, type PairingLimits, pairingBuffer } from './pair-responses'
import { type ReportDraft, reportError } from './read-report'

/** How rows become comparisons. */
export interface ParseOptions {
  /** The dialect of the rows; default: detected from the first 32 rows. */
  readonly dialect?: DialectName
  /** Leave bad rows out, count them and report the first; default false: the first bad row throws. */
  readonly skipBad?: boolean
  /** How many faults of left-out rows the report keeps, a whole number ≥ 0; default 5. */
  readonly maxErrors?: number
  /**
   * The field by which `helpsteer` rows are ordered; default the first of helpfulness, rating, overall_score, score,
   * reward.
   */
  readonly ratingField?: string
  /** Most rated responses held while they wait for others of their prompt, ≥ 1; default 100,000. */
  readonly maxHeldResponses?: number
  /**
   * What the labels 0, 1 and 2 of `pairwise` rows mean, in this order; default `tie-first-second`, once one of the
   * first 32 rows has a 2. Where they have a 0 or a 1 and no 2, whatever else they have, they are refused until it is
   * given.
   */
  readonly labels?: LabelCoding
}

/** The names of `ParseOptions`. */
export const parseOptionNames: OptionNames<ParseOptions> = {
  dialect: true,
  skipBad: true,
  maxErrors: true,
  ratingField: true,
  maxHeldResponses: true,
  labels: true,
}

/** Rows that are looked at to detect the dialect. */
const PROBE_ROWS = 32
/** Most responses of one prompt that are paired with each other: 2,016 pairs. */
const PER_PROMPT = 64

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function checkOptions({ dialect, maxErrors = 0, maxHeldResponses = 1, labels }: ParseOptions): void {
  const refuse = (text: string) => new DatasetError('INVALID_OPTION', text)
  if (dialect !== undefined && !dialectNames.includes(dialect))
    throw refuse(`dialect: expected one of ${dialectNames.join(', ')}; is ${JSON.stringify(dialect)}`)
  if (labels !== undefined && !labelCodings.includes(labels))
    throw refuse(`labels: expected one of ${labelCodings.join(', ')}; is ${JSON.stringify(labels)}`)
  if (!(Number.isInteger(maxErrors) && maxErrors >= 0))
    throw refuse(`maxErrors: expected a whole number ≥ 0, is ${maxErrors}`)
  if (!(Number.isInteger(maxHeldResponses) && maxHeldResponses >= 1))
    throw refuse(`maxHeldResponses: expected a whole number ≥ 1, is ${maxHeldResponses}`)
}

/** The row's object; throws DatasetError ROW_TYPE for any other JSON value, and the row's own error. */
function rowObject(row: LocatedRow): Row {
  if ('error' in row) throw row.error
  if (isRow(row.value)) return row.value
  const kind = Array.isArray(row.value) ? 'a list' : row.value === null ? 'null' : `a ${typeof row.value}`
  throw new DatasetError('ROW_TYPE', `expected an object of fields, is ${kind}`, row.place)
}

const fallbackId = ({ file = 'rows', line, row }: DataPlace): string =>
  `${file.split(/[\\/]/).at(-1)}:${line ?? row}`

/** Which dialect the probe rows are of, forced or detected. Throws DatasetError LABELS_AMBIGUOUS. */
function chooseDialect(
  probe: readonly LocatedRow[],
  { dialect, labels }: ParseOptions,
  file: string,
): DetectedDialect {
  const rows = probe.flatMap((row) =>
    'value' in row && isRow(row.value) ? [{ ...row, value: row.value }] : [],
  )
  const chosen = dialect === undefined ? detect(probe, rows) : { dialect, why: 'it was named' }
  const ambiguity = dialectTable[chosen.dialect].ambiguity?.(rows.map(({ value }) => value))
  if (labels !== undefined || ambiguity === undefined) return chosen
  throw new DatasetError('LABELS_AMBIGUOUS', ambiguity, { file })
}

function detect(probe: readonly LocatedRow[], rows: Parameters<typeof detectDialect>[0]): DetectedDialect {
  const [first] = probe
  // With no row to look at, the first row's own fault says most.
  if (rows.length === 0 && first !== undefined) rowObject(first)
  return detectDialect(rows)
}

async function takeRows(rows: AsyncIterator<LocatedRow>, count: number): Promise<LocatedRow[]> {
  const taken: LocatedRow[] = []
  while (taken.length < count) {
    const next = await rows.next()
    if (next.done) break
    taken.push(next.value)
  }
  return taken
}

async function* resume(
  first: readonly LocatedRow[],
  rest: AsyncIterator<LocatedRow>,
): AsyncGenerator<LocatedRow> {
  try {
    yield* first
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** Where rows come from, and the texts they may name by id. */
export interface RowOrigin {
  readonly file: string
  /** How the bytes were laid out, for the report. */
  readonly format: string
  readonly texts?: ReadonlyMap<string, ReferencedText>
}

/** Parses one row; a bad one throws, or is counted in the report as the options wish. */
function rowParser(
  name: DialectName,
  texts: RowOrigin['texts'],
  { skipBad = false, maxErrors = 5, ratingField, labels }: ParseOptions,
  report: ReportDraft,
): (row: LocatedRow) => ParsedRow {
  const dialect = dialectTable[name]
  return (row) => {
    try {
      const fields = rowObject(row)
      const parsed = dialect.parse(fields, { fallbackId: fallbackId(row.place), texts, ratingField, labels })
      if (rowId(fields) === undefined)
        for (const items of [parsed.comparisons, parsed.responses]) items?.forEach(noteMadeId)
      return parsed
    } catch (error) {
      if (!DatasetError.isInstance(error)) throw error
      const located = error.at(row.place)
      if (!skipBad || !located.inOneRow) throw located
      report.skipped++
      if (report.errors.length < maxErrors) report.errors.push(reportError(located))
      return {}
    }
  }
}

/**
 * Parses the rows of one file: detects the dialect, validates each row, pairs rated responses, and counts
 * everything in `report`. Holds the probe rows and the responses that wait for a pair, nothing else. Throws
 * DatasetError with place and field: FILE_EMPTY, DIALECT_UNKNOWN, DIALECT_MIXED, LABELS_AMBIGUOUS, INVALID_OPTION, or
 * that of a bad row.
 */
export async function* comparisonsFromRows(
  source: AsyncIterable<LocatedRow>,
  from: RowOrigin,
  options: ParseOptions,
  report: ReportDraft,
): AsyncGenerator<Comparison> {
  checkOptions(options)
  const rows = source[Symbol.asyncIterator]()
  const probe = await takeRows(rows, PROBE_ROWS)
  if (probe.length === 0) throw new DatasetError('FILE_EMPTY', 'has no rows', { file: from.file })
  const chosen = chooseDialect(probe, options, from.file)
  const parse = rowParser(chosen.dialect, from.texts, options, report)
  const file = { file: from.file, format: from.format, ...chosen, rows: 0 }
  report.files.push(file)
  const limits: PairingLimits = { held: options.maxHeldResponses ?? 100_000, perPrompt: PER_PROMPT }
  const buffer = pairingBuffer(limits)
  const splitBefore = report.splitPrompts

  const count = (paired: PairedResponses): readonly Comparison[] => {
    report.ties += paired.ties
    report.unpaired += paired.unpaired
    report.comparisons += paired.comparisons.length
    return paired.comparisons
  }

  for await (const row of resume(probe, rows)) {
    report.rows++
    file.rows++
    const { comparisons = [], ties = 0, responses = [] } = parse(row)
    report.ties += ties
    report.responses += responses.length
    report.comparisons += comparisons.length
    yield* comparisons
    for (const response of responses) for (const due of buffer.add(response)) yield* count(due)
    report.splitPrompts = splitBefore + buffer.splitPrompts()
  }
  for (const due of buffer.rest()) yield* count(due)
}
