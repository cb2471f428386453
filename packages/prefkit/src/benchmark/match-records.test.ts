import { describe, expect, it } from 'vitest'
import type { LocatedRow } from '../tables/located-row'
import { matchRecords } from './match-records'

const located = (file: string, values: readonly object[]): LocatedRow[] =>
  values.map((value, i) => ({ place: { file, line: i + 1 }, value: { ...value }, isText: false }))

/** A plan of all rows but the first. */
const planOf = (values: readonly object[]) => {
  const all = located('data.jsonl', values).map((row, index) => ({ ...row, index, row: row.value }))
  return { all, rows: all.slice(1) }
}
const match = (records: readonly object[], rows: readonly object[]) =>
  matchRecords(located('said.jsonl', records), planOf(rows))
const found = (records: readonly object[], rows: readonly object[]) =>
  match(records, rows).matched.map((record) => record?.value.said)

const data = ['x', 'y', 'z'].map((pair) => ({ pair_id: pair, question: `q${pair}` }))

describe('matchRecords', () => {
  it('goes by id, whatever the order, and leaves open what has no record', () => {
    const records = [
      { pair_id: 'z', said: 1 },
      { pair_id: 'x', said: 2 },
    ]
    expect(found(records, data)).toEqual([undefined, 1])
    expect(match(records, data).notices).toEqual([])
    expect(found([{ id: 3, said: 4 }], [{ id: 1 }, { id: '3' }])).toEqual([4])
  })

  it('goes by place where no record has an id, and says so', () => {
    const { matched, notices } = match([{ said: 1 }, { said: 2 }, { said: 3 }], data)
    expect(matched.map((record) => record?.value.said)).toEqual([2, 3])
    expect(notices).toEqual([
      'said.jsonl: rows have no ids, and are taken for those of the data in the same order',
    ])
  })

  it.each<[string, object[], object[], RegExp]>([
    [
      'an unknown id',
      [{ id: 'x' }, { id: 'other' }],
      data,
      /said\.jsonl:2: field "id": "other" is no row.*"x"/,
    ],
    ['an id twice', [{ id: 'x' }, { id: 'x' }], data, /said\.jsonl:2: .*"x" is that of said\.jsonl:1 too/],
    ['ids of some rows', [{ id: 'x' }, {}], data, /said\.jsonl:2: field "id": is missing/],
    ['data without ids', [{ id: 'x' }], [{}, {}], /said\.jsonl:1: has an id, and data\.jsonl:1 has none/],
    ['data with an id twice', [{ id: 1 }], [{ id: 1 }, { id: 1 }], /data\.jsonl:2: .* data\.jsonl:1 too/],
    ['too few rows without ids', [{}, {}], data, /said\.jsonl: has 2 rows without an id for 3 rows/],
    [
      'another text at the same place',
      [{ question: 'qx' }, { question: 'qz' }, { question: 'qy' }],
      data,
      /said\.jsonl:2: field "question": is not that of data\.jsonl:2/,
    ],
  ])('refuses %s', (_, records, rows, message) => {
    expect(() => match(records, rows)).toThrow(message)
  })
})
