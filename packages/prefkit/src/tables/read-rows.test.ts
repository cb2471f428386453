import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteFile } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { scoreTable } from '../noise/score-table'
import { signsOf, tieLabelOf, voteTable } from '../noise/vote-table'
import { readRows } from './read-rows'

const folder = mkdtempSync(join(tmpdir(), 'prefkit-rows-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file of this name and content. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const tableOf = async (path: string, columns = {}) => scoreTable(await readRows([path]), columns)

describe('readRows', () => {
  const csv = 'prompt,id,score\r\n"a, ""b""",x,1.5\r\n\r\nc,y,-2\r\n'

  it('reads the same rows from CSV, TSV, JSON Lines and Parquet, plain or gzip', async () => {
    const tsv = 'prompt\tid\tscore\na, "b"\tx\t1.5\nc\ty\t-2\n'.replace('a, "b"', '"a, ""b"""')
    const json =
      '{"prompt": "a, \\"b\\"", "id": "x", "score": 1.5}\n{"prompt": "c", "id": "y", "score": -2}\n'
    const parquet = join(folder, 'rows.parquet')
    parquetWriteFile({
      filename: parquet,
      columnData: [
        { name: 'prompt', data: ['a, "b"', 'c'], type: 'STRING' },
        { name: 'id', data: ['x', 'y'], type: 'STRING' },
        { name: 'score', data: [1.5, -2], type: 'DOUBLE' },
      ],
    })
    const files = [
      file('rows.csv', csv),
      file('rows.csv.gz', gzipSync(csv)),
      file('rows.tsv', tsv),
      file('rows.jsonl', json),
      file('rows.jsonl.gz', gzipSync(json)),
      parquet,
    ]
    for (const path of files) {
      expect(await tableOf(path)).toMatchObject({
        promptKeys: ['a, "b"', 'c'],
        ids: ['x', 'y'],
        responses: ['x', 'y'],
        scores: [1.5, -2],
        lengths: undefined,
      })
    }
  })

  it('says the line of a CSV row, blank lines and quoted line ends included', async () => {
    const rows = await readRows([file('lines.csv', 'prompt,score\n"a\nb",1\n\nc,2\n')])
    expect(rows.map(({ place }) => place.line)).toEqual([3, 5])
  })

  it.each([
    ['ragged.csv', 'prompt,score\na,1\nb\n', /ragged\.csv:3: Invalid Record Length/],
    ['quote.csv', 'prompt,score\n"a,1\n', /quote\.csv:\d+: Quote Not Closed/],
    ['no-rows.csv', 'prompt,score\n', /no-rows\.csv: has no rows/],
    ['empty.jsonl', '', /empty\.jsonl: has no rows/],
    ['list.jsonl', '[1]\n', /list\.jsonl:1: expected an object, is a list/],
    ['nan.jsonl', '{"score": NaN}\n', /nan\.jsonl:1: .*NaN and Infinity are no JSON/],
    ['cut.csv.gz', gzipSync('prompt,score\na,1\n').subarray(0, 12), /cut\.csv\.gz: cannot be unpacked/],
    ['cut.parquet', 'PAR1 and no more', /cut\.parquet: the Parquet footer cannot be read/],
  ])('refuses %s', async (name, content, message) => {
    await expect(readRows([file(name, content)])).rejects.toThrowError(message)
  })
})

describe('scoreTable', () => {
  it('takes lists of responses and pairs of them apart', async () => {
    const lists = '{"prompt": "p", "responses": ["a", "bb"], "rewards": [1, 2]}\n'
    expect(await tableOf(file('lists.jsonl', lists))).toMatchObject({
      promptKeys: ['p', 'p'],
      responses: ['a', 'bb'],
      scores: [1, 2],
      lengths: [1, 2],
      pairs: undefined,
    })
    const pairs =
      '{"prompt": "p", "chosen": "a", "rejected": "b", "chosen_reward": 1, "rejected_reward": 3}\n'
    expect(await tableOf(file('pairs.jsonl', pairs.repeat(2)))).toMatchObject({
      scores: [1, 3, 1, 3],
      pairs: { first: [0, 2], second: [1, 3] },
    })
  })

  it('takes other names of columns, features and authors', async () => {
    const csv = 'q,golden,who,features\np,1,0,"[1, 2]"\np,2,-1,"[3, 4]"\n'
    const columns = { prompt: 'q', score: 'golden', author: 'who' }
    expect(await tableOf(file('named.csv', csv), columns)).toMatchObject({
      promptKeys: ['p', 'p'],
      scores: [1, 2],
      authors: [0, -1],
      features: [
        [1, 2],
        [3, 4],
      ],
    })
  })

  it.each([
    [
      '{"prompt": "a", "score": 1}\n{"prompt": "a"}',
      /:2: field "score": is missing, as are reward, rating: expected a/,
    ],
    ['{"score": "1"}', /:1: field "score": expected a finite number, is "1"/],
    [
      '{"prompt": 1, "response": 2, "score": 1}',
      /:1: field "response": expected text or a list of chat messages, is 2/,
    ],
    [
      '{"score": 1, "length": 3}\n{"score": 1}',
      /:2: field "length": is missing, as is tokens: expected a value, as/,
    ],
    [
      '{"score": 1, "features": [1]}\n{"score": 1, "features": [1, 2]}',
      /:2: field "features": expected 1 numbers/,
    ],
    ['{"score": 1, "author": 0.5}', /:1: field "author": expected the number of an annotator/],
    ['{"responses": ["a"], "scores": [1, 2]}', /:1: field "scores": expected as many as the 1 responses/],
  ])('names line, column and value: %s', async (content, message) => {
    await expect(tableOf(file('bad.jsonl', `${content}\n`))).rejects.toThrowError(message)
  })

  it('refuses columns that no table has', async () => {
    const path = file('unknown.jsonl', '{"score": 1}\n')
    await expect(tableOf(path, { golden: 'score' })).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  })
})

describe('voteTable', () => {
  const votesOf = async (path: string, columns = {}) => voteTable(await readRows([path]), columns)

  it('reads a row a vote and a list of votes alike', async () => {
    const long = await votesOf(file('long.csv', 'item,worker,label\n1,x,1\n1,y,2\n2,x,0\n'))
    const wide = await votesOf(
      file(
        'wide.jsonl',
        '{"id": "1", "votes": [["x", 1], {"worker": "y", "vote": 2}]}\n{"id": "2", "votes": [["x", 0]]}\n',
      ),
    )
    expect(wide).toEqual(long)
    expect(long).toEqual({
      items: ['1', '1', '2'],
      annotators: ['x', 'y', 'x'],
      labels: [1, 2, 0],
      deltas: undefined,
    })
    const bare = await votesOf(file('bare.jsonl', '{"votes": ["A", "tie"]}\n'))
    expect(bare).toMatchObject({ items: ['1', '1'], annotators: [1, 2], labels: ['A', 'tie'] })
  })

  it('takes items of several files for different ones where they have no names', async () => {
    const files = [file('first.jsonl', '{"votes": ["A"]}\n'), file('second.jsonl', '{"votes": ["B"]}\n')]
    const { items } = voteTable(await readRows(files))
    expect(new Set(items).size).toBe(2)
  })

  it('has differences of scores where all rows have them', async () => {
    const content = '{"item": 1, "annotator": 1, "label": "A", "score_a": 3, "score_b": 1}\n'
    expect(await votesOf(file('scored.jsonl', content))).toMatchObject({ deltas: [2] })
    const odd = `${content}{"item": 2, "annotator": 1, "label": "A"}\n`
    await expect(votesOf(file('odd.jsonl', odd))).rejects.toThrowError(
      /:2: field "delta": .*in all rows or in none/,
    )
  })

  it.each([
    ['{"item": 1, "label": 1}', /:1: field "annotator": is missing/],
    ['{"id": 1, "votes": "A"}', /:1: field "votes": expected a list of votes/],
    ['{"id": 1, "votes": ["A", null]}', /:1: field "votes": .*votes\[1\] is null/],
    ['{"id": 1, "votes": []}', /expected votes, found none/],
  ])('names line, column and value: %s', async (content, message) => {
    await expect(votesOf(file('bad-votes.jsonl', `${content}\n`))).rejects.toThrowError(message)
  })

  it('knows ties and sides by their usual names, and says so where it does not', () => {
    expect(tieLabelOf(['A', 'tie', 'B'])).toBe('tie')
    expect(tieLabelOf(['A', 'B', 'C'])).toBe('C')
    expect(tieLabelOf(['A', 'B', 'C', 'D'])).toBe(undefined)
    expect(tieLabelOf(['c', 'd', 'Tie'])).toBe('Tie')
    expect(tieLabelOf([0, 1, 2])).toBe(0)
    expect(tieLabelOf([-1, 0, 1])).toBe(0)
    expect(tieLabelOf([0, 1])).toBe(undefined)
    expect(signsOf(['A', 'tie', 'B'], 'tie')).toEqual([1, 0, -1])
    expect(signsOf([1, 0, 2, -1], 0)).toEqual([1, 0, -1, -1])
    expect(signsOf([0, 1], undefined)).toBe(undefined)
  })
})
