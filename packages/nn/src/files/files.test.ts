import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensor } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSafetensors } from '../safetensors/parse-safetensors'
import { serializeSafetensors } from '../safetensors/serialize-safetensors'
import { openSafetensors } from './open-safetensors'
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

describe('openSafetensors', () => {
  /** A file of one tensor in a type that `serializeSafetensors` does not write. */
  function oneTensor(dtype: string, count: number, data: Uint8Array): Uint8Array {
    const entry = { dtype, shape: [count], data_offsets: [0, data.byteLength] }
    const json = new TextEncoder().encode(JSON.stringify({ x: entry }))
    const length = new Uint8Array(new BigUint64Array([BigInt(json.byteLength)]).buffer)
    return Buffer.concat([length, json, data])
  }

  it('reads tensors by name, in any order and again', async () => {
    const path = join(folder, 'open.safetensors')
    await writeSafetensors(path, tensors, { metadata: { step: '3' } })
    const file = await openSafetensors(path)
    expect(file.entries.map(({ name, type, shape }) => [name, type, shape])).toEqual([
      ['a', 'F32', [2]],
      ['c', 'I32', [1, 1]],
      ['b', 'BOOL', [1]],
    ])
    expect(file.metadata).toEqual({ step: '3' })
    for (const name of ['b', 'a', 'c', 'a'] as const) {
      expect((await file.read(name)).toArray()).toEqual(tensors[name].toArray())
    }
    await expect(file.read('d')).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await file.close()
    await expect(file.read('a')).rejects.toMatchObject({ code: 'READ_FAILED' })
    await rm(path)
  })

  it('widens large tensors by pieces, to the same numbers', async () => {
    const path = join(folder, 'pieces.safetensors')
    const halves = Uint16Array.from({ length: 1_200_001 }, (_, i) => (i * 40503) & 0x3fff)
    for (const type of ['BF16', 'F16']) {
      const bytes = oneTensor(type, halves.length, new Uint8Array(halves.buffer))
      await writeFile(path, bytes)
      const file = await openSafetensors(path)
      expect((await file.read('x')).data).toEqual(parseSafetensors(bytes).tensors.x!.data)
      await file.close()
    }
    const big = new BigInt64Array(150_000).fill(7n)
    big[140_001] = 2n ** 40n
    await writeFile(path, oneTensor('I64', big.length, new Uint8Array(big.buffer)))
    const file = await openSafetensors(path)
    const message = `${path}: x: expected I64 values that fit in i32, but element 140001 is 1099511627776`
    await expect(file.read('x')).rejects.toMatchObject({ code: 'UNSUPPORTED_DTYPE', message })
    await file.close()
    await rm(path)
  })

  it('tells of a file that was cut while it was open', async () => {
    const path = join(folder, 'shrunk.safetensors')
    await writeSafetensors(path, tensors)
    const file = await openSafetensors(path)
    await truncate(path, 100)
    await expect(file.read('a')).rejects.toMatchObject({ code: 'READ_FAILED' })
    await file.close()
    await rm(path)
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
