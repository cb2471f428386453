import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, test, vi } from 'vitest'
import { writeComparisons } from './write-comparisons'

// A disk with room for one piece: the second write fails as the system would have it.
vi.mock('node:fs', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs')>()
  const createWriteStream = (path: string): Writable => {
    let pieces = 0
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        original.appendFileSync(path, chunk)
        const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
          code: 'ENOSPC',
          syscall: 'write',
        })
        done(++pieces > 1 ? full : null)
      },
    })
  }
  return { ...original, createWriteStream }
})

const directory = mkdtempSync(join(tmpdir(), 'prefkit-full-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('a full disk is named, and leaves the old file and nothing half-written', async () => {
  const file = join(directory, 'out.jsonl')
  writeFileSync(file, 'old')
  const one = { id: '1', prompt: 'p'.repeat(1000), chosen: 'a', rejected: 'b' }
  const many = Array.from({ length: 500 }, () => one)
  await expect(writeComparisons(file, many, { dialect: 'trl' })).rejects.toThrowError(
    expect.objectContaining({
      code: 'WRITE_FAILED',
      message: `${file}: cannot be written: the disk is full`,
    }),
  )
  expect(readdirSync(directory)).toEqual(['out.jsonl'])
  expect(readFileSync(file, 'utf8')).toBe('old')
})
