import type { Votes } from '@prefkit/noise'
import { PrefkitError } from '../prefkit-error'
import { type LocatedRow, placeName } from '../tables/located-row'
import { type ColumnNames, checkColumns, type KnownColumns, type RowFields, rowFields } from './row-fields'

type Name = string | number

/** Votes of a table in columns, one entry for each vote. */
export interface VoteColumns extends Votes {
  readonly items: Name[]
  readonly annotators: Name[]
  readonly labels: Name[]
  /** Δr of each vote's item, first minus second; undefined where the table has none. */
  readonly deltas: number[] | undefined
  /** What was compared in each vote; undefined where not all rows say. */
  readonly players?: { readonly first: Name[]; readonly second: Name[] } | undefined
}

const known: KnownColumns = {
  item: ['item', 'pair', 'id', 'task', 'comparison'],
  annotator: ['annotator', 'worker', 'annotator_id', 'judge', 'user'],
  label: ['label', 'vote', 'winner', 'choice', 'answer'],
  delta: ['delta', 'score_difference'],
  'first-score': ['score_a', 'score_1', 'chosen_reward', 'score_chosen'],
  'second-score': ['score_b', 'score_2', 'rejected_reward', 'score_rejected'],
  first: ['first', 'response_a', 'response_1', 'model_a'],
  second: ['second', 'response_b', 'response_2', 'model_b'],
  votes: ['votes'],
}

interface Vote {
  readonly item: Name
  readonly annotator: Name
  readonly label: Name
  readonly delta: number | undefined
  readonly players: { readonly first: Name; readonly second: Name } | undefined
}

const isName = (value: unknown): value is Name => typeof value === 'string' || Number.isFinite(value)

function deltaOf(fields: RowFields): number | undefined {
  if (fields.columnOf('delta') !== undefined) return fields.number('delta')
  const has = (name: string) => fields.columnOf(name) !== undefined
  if (!has('first-score') && !has('second-score')) return undefined
  return fields.number('first-score') - fields.number('second-score')
}

/** What a row compares: names, or texts and chats that are names of themselves. */
function playersOf(fields: RowFields): { first: Name; second: Name } | undefined {
  if (fields.columnOf('first') === undefined || fields.columnOf('second') === undefined) return undefined
  const nameOf = (side: string) => {
    const value = fields.value(side)
    return isName(value) ? value : JSON.stringify(value)
  }
  return { first: nameOf('first'), second: nameOf('second') }
}

/** Text of CSV that says a number is that number: 1 and −1 are labels in any file. */
const labelOf = (value: Name, isText: boolean): Name =>
  isText && typeof value === 'string' && /^[-+]?\d+$/.test(value) ? Number(value) : value

/** A vote in a list is a label, `[annotator, label]`, or `{annotator, vote}`; a bare label is that of its place. */
function voteParts(vote: unknown, place: number): { annotator: unknown; label: unknown } {
  if (Array.isArray(vote)) return { annotator: vote[0], label: vote[1] }
  if (typeof vote !== 'object' || vote === null) return { annotator: place + 1, label: vote }
  const { annotator, worker, vote: label } = vote as Record<string, unknown>
  return { annotator: annotator ?? worker ?? place + 1, label }
}

function votesInRow(row: LocatedRow, columns: ColumnNames, hasFiles: boolean): Vote[] {
  const fields = rowFields(row, known, columns)
  const shared = { delta: deltaOf(fields), players: playersOf(fields) }
  if (fields.columnOf('votes') === undefined) {
    const label = labelOf(fields.name('label'), row.isText)
    return [{ item: fields.name('item'), annotator: fields.name('annotator'), label, ...shared }]
  }
  const votes = fields.value('votes')
  const item = fields.columnOf('item') === undefined ? placeName(row, hasFiles) : fields.name('item')
  const expected = 'a list of votes, each a label, [annotator, label] or {annotator, vote}'
  if (!Array.isArray(votes)) throw fields.fault('votes', expected)
  return votes.map((vote, place) => {
    const { annotator, label } = voteParts(vote, place)
    if (isName(annotator) && isName(label)) return { item, annotator, label, ...shared }
    throw fields.fault('votes', `${expected}; votes[${place}] is ${JSON.stringify(vote)}`)
  })
}

/**
 * Votes of a table: a row a vote (`item`, `annotator`, `label`), or a row an item with a list of `votes` as
 * `@prefkit/datasets` reads them.
 * @param columns names of columns where they are other than usual.
 * @throws DatasetError naming file, line and column; PrefkitError `INVALID_CONFIG`, `NO_COMPARISONS` for no votes at all.
 */
export function voteTable(rows: readonly LocatedRow[], columns: ColumnNames = {}): VoteColumns {
  checkColumns(columns, known)
  const hasFiles = new Set(rows.map(({ place }) => place.file)).size > 1
  const located = rows.map((row) => ({ row, votes: votesInRow(row, columns, hasFiles) }))
  const votes = located.flatMap((entry) => entry.votes)
  if (votes.length === 0)
    throw new PrefkitError('NO_COMPARISONS', `${rows[0]!.place.file}: expected votes, found none`)
  const hasDeltas = votes[0]!.delta !== undefined
  const odd = located.find((entry) => entry.votes.some(({ delta }) => (delta !== undefined) !== hasDeltas))
  if (odd) throw rowFields(odd.row, known, columns).fault('delta', 'in all rows or in none')
  return {
    items: votes.map(({ item }) => item),
    annotators: votes.map(({ annotator }) => annotator),
    labels: votes.map(({ label }) => label),
    deltas: hasDeltas ? votes.map(({ delta }) => delta!) : undefined,
    players: votes.every(({ players }) => players !== undefined)
      ? {
          first: votes.map(({ players }) => players!.first),
          second: votes.map(({ players }) => players!.second),
        }
      : undefined,
  }
}

const tieWords: ReadonlySet<string> = new Set(['tie', 'equal', 'a=b', 'b=a', 'both', 'neither'])

/** `C` is a tie beside A and B alone; of A, B, C and D it is a choice. */
const abc: ReadonlySet<Name> = new Set(['a', 'b', 'c'])

/** The label that is a tie: a word for it, C of A, B and C, or 0 where 2 or −1 is a label too; undefined where there is none. */
export function tieLabelOf(labels: readonly Name[]): Name | undefined {
  const found = new Set(labels)
  const isTie = [...found].every((label) => abc.has(plain(label)))
    ? (label: Name) => plain(label) === 'c'
    : (label: Name) => tieWords.has(String(plain(label)))
  const word = [...found].find(isTie)
  if (word !== undefined) return word
  return found.has(0) && (found.has(2) || found.has(-1)) ? 0 : undefined
}

const firstWords: ReadonlySet<Name> = new Set([
  'a',
  'first',
  'a1',
  'model_a',
  'response_a',
  'response_1',
  1,
  '1',
])
const secondWords: ReadonlySet<Name> = new Set([
  ...['b', 'second', 'a2', 'model_b', 'response_b', 'response_2', '2', '-1'],
  ...[2, -1],
])

const plain = (label: Name): Name => (typeof label === 'string' ? label.trim().toLowerCase() : label)

/**
 * Labels as 1 for the first response, −1 for the second, 0 for a tie; undefined where it cannot be told which is which, as of 0
 * and 1 alone.
 */
export function signsOf(labels: readonly Name[], tie: Name | undefined): number[] | undefined {
  const signs = labels.map((label) => {
    if (label === tie) return 0
    if (firstWords.has(plain(label))) return 1
    return secondWords.has(plain(label)) ? -1 : Number.NaN
  })
  return signs.some(Number.isNaN) ? undefined : signs
}
