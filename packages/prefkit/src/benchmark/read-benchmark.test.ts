import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteFile } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { readBenchmark } from './read-benchmark'

const folder = mkdtempSync(join(tmpdir(), 'prefkit-benchmark-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

const row = { instruction: 'say "a", or b', output_1: '1', output_2: 'b\nc', label: 2, subset: 'S' }

describe('readBenchmark', () => {
  it('reads the same rows from JSON arrays, JSON Lines, CSV and Parquet, plain or gzip', async () => {
    const array = JSON.stringify([row, row], null, 1)
    const jsonl = `${JSON.stringify(row)}\n`.repeat(2)
    const csv = `instruction,output_1,output_2,label,subset\n${'"say ""a"", or b",1,"b\nc",2,S\n'.repeat(2)}`
    const parquet = join(folder, 'rows.parquet')
    const column = (data: string) => ({ data: [data, data], type: 'STRING' as const })
    parquetWriteFile({
      filename: parquet,
      columnData: [
        ...(['instruction', 'output_1', 'output_2', 'subset'] as const).map((name) => ({
          name,
          ...column(row[name]),
        })),
        { name: 'label', data: [2, 2], type: 'INT32' },
      ],
    })
    const files = [
      file('rows.json', array),
      file('rows.json.gz', gzipSync(array)),
      file('rows.jsonl', jsonl),
      file('rows.jsonl.gz', gzipSync(jsonl)),
      file('rows.csv', csv),
      parquet,
    ]
    for (const path of files) {
      const rows = await readBenchmark('llmbar', [path])
      expect(rows.map((each) => each.row)).toEqual(
        [1, 2].map(() => ({
          subset: 'S',
          instruction: row.instruction,
          output1: '1',
          output2: 'b\nc',
          label: 2,
        })),
      )
    }
  })

  it("takes LLMBar's subsets from the folders of files that do not have them", async () => {
    const { subset: _, ...bare } = row
    const files = [
      file('Dataset/LLMBar/Adversarial/Manual/dataset.json', JSON.stringify([bare])),
      file('Dataset/LLMBar/Natural/evaluators/GPT-4/CoT/result.json', JSON.stringify([bare])),
      file('Natural/dataset.json', JSON.stringify([bare])),
    ]
    const rows = await readBenchmark('llmbar', files)
    expect(rows.map((each) => (each.row as { subset: string }).subset)).toEqual([
      'LLMBar/Adversarial/Manual',
      'LLMBar/Natural',
      'Natural',
    ])
  })

  it('reads prompts of CSV as text or as messages', async () => {
    const messages = JSON.stringify([{ role: 'user', content: 'hi' }]).replaceAll('"', '""')
    const csv = `id,subset,prompt,chosen,rejected\n1,s,[plain,c,r\n2,s,"${messages}",c,r\n3,s,7,c,r\n`
    const rows = await readBenchmark('reward-bench', [file('prompts.csv', csv)])
    expect(rows.map((each) => (each.row as { prompt: unknown }).prompt)).toEqual([
      '[plain',
      [{ role: 'user', content: 'hi' }],
      '7',
    ])
  })

  it('says which of several files a bad row is in', async () => {
    const good = file('good.jsonl', `${JSON.stringify(row)}\n`.repeat(3))
    const bad = file('bad.jsonl', `${JSON.stringify(row)}\n\n${JSON.stringify({ ...row, label: 0 })}\n`)
    await expect(readBenchmark('llmbar', [good, bad])).rejects.toMatchObject({
      code: 'BAD_ROW',
      message: expect.stringMatching(/bad\.jsonl:3: no row of LLMBar: label is 0; expected one of 1, 2/),
    })
  })
})
