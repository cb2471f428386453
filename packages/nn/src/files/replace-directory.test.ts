import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replaceDirectory } from './replace-directory'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-nn-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('replaceDirectory', () => {
  it('makes a directory, then replaces it whole', async () => {
    const path = join(folder, 'a', 'model')
    await replaceDirectory(path, (directory) => writeFile(join(directory, 'one'), '1'))
    expect(await readdir(path)).toEqual(['one'])
    await replaceDirectory(path, (directory) => writeFile(join(directory, 'two'), '2'))
    expect(await readdir(path)).toEqual(['two'])
    expect(await readdir(join(folder, 'a'))).toEqual(['model'])
  })

  it('keeps the old one and tidies up when writing fails half way', async () => {
    const path = join(folder, 'b', 'model')
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'old'), 'kept')
    const failing = replaceDirectory(path, async (directory) => {
      await writeFile(join(directory, 'half'), '')
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    })
    await expect(failing).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: `${path}: could not be written: ENOSPC: no space left on device, write`,
    })
    expect(await readFile(join(path, 'old'), 'utf8')).toBe('kept')
    expect(await readdir(join(folder, 'b'))).toEqual(['model'])
  })

  it('says where it may not write', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(replaceDirectory(join(file, 'model'), async () => {})).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: expect.stringContaining(`${join(file, 'model')}: could not be written: `),
    })
  })
})
