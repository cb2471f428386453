import { PrefkitError } from '../prefkit-error'
import type { LocatedRow } from '../tables/located-row'
import { placeText } from '../tables/place-text'
import type { PlannedBenchmark } from './plan-benchmark'
import type { BenchmarkRow } from './read-benchmark'

/** An id as text; undefined of what is none. */
export const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' || Number.isSafeInteger(value) ? String(value) : undefined

type Located = Pick<LocatedRow, 'value' | 'place'>

const keyOf = ({ value: { pair_id: pair, id } }: Located): string | undefined => idOf(pair) ?? idOf(id)

function refuse({ place }: Located, problem: string): never {
  throw new PrefkitError('BAD_ROW', `${placeText(place)}: ${problem}`)
}

/** Rows by their ids; refuses one without, and one that another has. */
function byKey<Row extends Located>(rows: readonly Row[]): Map<string, Row> {
  const found = new Map<string, Row>()
  for (const row of rows) {
    const key = keyOf(row)
    if (key === undefined) return refuse(row, 'field "id": is missing, and other rows have one')
    const other = found.get(key)
    if (other) refuse(row, `field "id": ${JSON.stringify(key)} is that of ${placeText(other.place)} too`)
    found.set(key, row)
  }
  return found
}

function matchByKey(
  records: readonly LocatedRow[],
  { all, rows }: Pick<PlannedBenchmark, 'all' | 'rows'>,
): (LocatedRow | undefined)[] {
  const known = byKey(records)
  const [nameless] = all.filter((row) => keyOf(row) === undefined)
  if (nameless) {
    const message = `has an id, and ${placeText(nameless.place)} has none; expected ids in both, or in neither`
    refuse(records[0]!, message)
  }
  const data = byKey(all)
  for (const [key, record] of known) {
    if (data.has(key)) continue
    const [first] = data.keys()
    refuse(
      record,
      `field "id": ${JSON.stringify(key)} is no row of the data, such as ${JSON.stringify(first)}`,
    )
  }
  return rows.map((row) => known.get(keyOf(row)!))
}

const carried = [
  'input',
  'instruction',
  'question',
  'output_1',
  'output_2',
  'response_A',
  'response_B',
] as const

/** What stands at the same place must not be about something else. */
function checkTexts(record: LocatedRow, row: BenchmarkRow): LocatedRow {
  const other = carried.find((field) => {
    const [recorded, known] = [record.value[field], row.value[field]]
    return recorded !== undefined && known !== undefined && recorded !== known
  })
  if (other === undefined) return record
  return refuse(
    record,
    `field "${other}": is not that of ${placeText(row.place)}, which stands at the same place`,
  )
}

function matchByPlace(
  records: readonly LocatedRow[],
  { all, rows }: Pick<PlannedBenchmark, 'all' | 'rows'>,
): LocatedRow[] {
  if (records.length !== all.length) {
    const message = `${records[0]!.place.file}: has ${records.length} rows without an id for ${all.length} rows of the data; expected as many`
    throw new PrefkitError('BAD_ROW', message)
  }
  return rows.map((row) => checkTexts(records[row.index]!, row))
}

/**
 * Records of the authors' own, for the rows of the data that they are about: by id; where no record has one by place, which
 * the notices say.
 * @throws PrefkitError `BAD_ROW` naming file and line of an id that is missing, that two rows have, or that the data do not
 *   have; where records without ids are not as many as rows, or have other texts.
 */
export function matchRecords(
  records: readonly LocatedRow[],
  planned: Pick<PlannedBenchmark, 'all' | 'rows'>,
): { matched: readonly (LocatedRow | undefined)[]; notices: readonly string[] } {
  if (records.some((record) => keyOf(record) !== undefined)) {
    return { matched: matchByKey(records, planned), notices: [] }
  }
  const files = [...new Set(records.map(({ place: { file } }) => file))].join(', ')
  const notice = `${files}: rows have no ids, and are taken for those of the data in the same order`
  return { matched: matchByPlace(records, planned), notices: [notice] }
}
