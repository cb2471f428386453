import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensor } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serializeSafetensors } from '../safetensors/serialize-safetensors'
import { readSafetensors } from './read-safetensors'
import { type FileSystem, type WritableFile, writeAtomically } from './write-atomically'
import { writeSafetensors } from './write-safetensors'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-nn-'))
})
afterAll(() => rm(folder, { recursive: true }))

const tensors = { a: tensor([1.5, 2]), b: tensor([true]), c: tensor([[3]], { dtype: 'i32' }) }
const plain = (table: Record<string, { toArray(): unknown }>) =>
  Object.entries(table)
    .map(([name, t]) => [name, t.toArray()])
    .toSorted()

describe('writeSafetensors and readSafetensors', () => {
  it('keep tensors and metadata, and replace what was there', async () => {
    const path = join(folder, 'model.safetensors')
    await writeFile(path, 'old')
    await writeSafetensors(path, tensors, { metadata: { step: '3' } })
    expect(new Uint8Array(await readFile(path))).toEqual(
      serializeSafetensors(tensors, { metadata: { step: '3' } }),
    )
    const back = await readSafetensors(path)
    expect(plain(back.tensors)).toEqual(plain(tensors))
    expect(back.metadata).toEqual({ step: '3' })
    expect(await readdir(folder)).toEqual(['model.safetensors'])
  })

  it('name the path and the tensor of what cannot be read', async () => {
    const missing = join(folder, 'missing.safetensors')
    await expect(readSafetensors(missing)).rejects.toMatchObject({
      code: 'READ_FAILED',
      message: expect.stringContaining(`${missing}: could not be read: ENOENT`),
    })
    await expect(readSafetensors(folder)).rejects.toMatchObject({ code: 'READ_FAILED' })
    const path = join(folder, 'cut.safetensors')
    const bytes = serializeSafetensors(tensors)
    for (const [length, problem] of [
      [0, 'expected at least 8 bytes, got 0'],
      [20, 'truncated, or no safetensors file'],
      [bytes.length - 1, 'its tensors take 13 bytes, but 12 follow the header'],
    ] as const) {
      await writeFile(path, bytes.subarray(0, length))
      await expect(readSafetensors(path)).rejects.toMatchObject({
        code: 'INVALID_FILE',
        message: expect.stringMatching(new RegExp(`^${path}: .*${problem}$`)),
      })
    }
    await writeFile(path, Uint8Array.from([...new Uint8Array(7), 0x7f, 1, 2]))
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'INVALID_FILE' })
    await rm(path)
  })

  it('say where they could not write, and leave nothing', async () => {
    const path = join(folder, 'no', 'such', 'folder.safetensors')
    await expect(writeSafetensors(path, tensors)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: expect.stringContaining(`${path}: could not be written: ENOENT`),
    })
    await expect(writeSafetensors(path, { __metadata__: tensor(1) })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
  })
})

describe('writeAtomically', () => {
  const chunks = [Uint8Array.of(1, 2, 3), new Uint8Array(0), Uint8Array.of(4, 5)]
  const full = () =>
    Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }))

  /** A disk in memory that keeps at most 2 bytes a write; parts can be made to fail. */
  function memoryDisk(
    failing: Partial<WritableFile & Pick<FileSystem, 'create' | 'rename' | 'remove'>> = {},
  ) {
    const files = new Map<string, number[]>([['target', [9]]])
    const open = new Set<string>()
    const disk: FileSystem = {
      create: async (path) => {
        if (failing.create) return failing.create(path)
        files.set(path, [])
        open.add(path)
        return {
          write: async (bytes) => {
            if (failing.write && files.get(path)!.length > 0) return failing.write(bytes)
            const taken = bytes.subarray(0, 2)
            files.get(path)!.push(...taken)
            return { bytesWritten: taken.length }
          },
          sync: failing.sync ?? (async () => {}),
          close: async () => {
            open.delete(path)
            await failing.close?.()
          },
        }
      },
      rename:
        failing.rename ??
        (async (from, to) => {
          files.set(to, files.get(from)!)
          files.delete(from)
        }),
      remove:
        failing.remove ??
        (async (path) => {
          files.delete(path)
        }),
    }
    return { disk, files, open }
  }

  it('writes on after a write that took less', async () => {
    const { disk, files } = memoryDisk()
    await writeAtomically('target', chunks, disk)
    expect([...files]).toEqual([['target', [1, 2, 3, 4, 5]]])
  })

  it.each([
    ['write', { write: full }],
    ['write that takes nothing', { write: async () => ({ bytesWritten: 0 }) }],
    ['sync', { sync: full }],
    ['close', { close: full }],
    ['create', { create: full }],
    ['rename', { rename: full }],
  ])('keeps the old file and tidies up when %s fails', async (_, failing) => {
    const { disk, files, open } = memoryDisk(failing)
    await expect(writeAtomically('target', chunks, disk)).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: expect.stringMatching(
        /^target: could not be written: (ENOSPC: no space left|the disk took no more bytes)/,
      ),
    })
    expect([...files]).toEqual([['target', [9]]])
    expect(open.size).toBe(0)
  })

  it('tells the first failure when tidying up fails too', async () => {
    const remove = () => Promise.reject(new Error('EIO'))
    await expect(
      writeAtomically('target', chunks, memoryDisk({ sync: full, remove }).disk),
    ).rejects.toMatchObject({
      cause: { code: 'ENOSPC' },
    })
  })
})
