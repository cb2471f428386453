import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTextList } from './read-text-list'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-text-list-'))
})
afterAll(() => rm(folder, { recursive: true }))

const listOf = async (content: string | Uint8Array) => {
  await writeFile(join(folder, 'texts.jsonl'), content)
  return readTextList(join(folder, 'texts.jsonl'))
}

describe('readTextList', () => {
  it('reads strings and objects with a text, plain or gzip, line separators inside them included', async () => {
    const texts = ['a', 'one\u2028two\u2029three', '']
    const content = `"a"\n{"text":${JSON.stringify(texts[1])},"id":1}\n\n""\n`
    expect(await listOf(content)).toEqual(texts)
    expect(await listOf(gzipSync(content))).toEqual(texts)
  })

  it.each([
    ['"a"\n7\n', /texts\.jsonl:2: expected a string or an object with the string text, got 7$/],
    ['"a"\n\n{"txt":"b"}', /texts\.jsonl:3: expected .* got \{"txt":"b"\}$/],
    ['"a"\n{', /texts\.jsonl:2: is no JSON/],
  ])('refuses %j', async (content, message) => {
    await expect(listOf(content)).rejects.toMatchObject({
      name: 'RewardModelError',
      code: 'INVALID_FILE',
      message: expect.stringMatching(message),
    })
  })

  it('names a file that is not there', async () => {
    await expect(readTextList(join(folder, 'none'))).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: `${join(folder, 'none')}: there is no such file`,
    })
  })
})
