import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSafetensors } from '@prefkit/nn/files'
import { tensor } from '@prefkit/tensor'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RewardModelError } from '../reward-model-error'
import { readVectors } from './read-vectors'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-vectors-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface NpyParts {
  descr?: string
  order?: string
  shape?: string
  data?: ArrayBufferView
  version?: number
}

/** A file as `numpy.save` writes it. */
function npy({
  descr = '<f4',
  order = 'False',
  shape = '(2, 2)',
  data = numbers,
  version = 1,
}: NpyParts = {}) {
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`
  const lengthBytes = version === 1 ? 2 : 4
  const header = `${dictionary.padEnd(128 - 8 - lengthBytes - 1)}\n`
  const length = Buffer.alloc(lengthBytes)
  length.writeUIntLE(header.length, 0, lengthBytes)
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.concat([
    Buffer.from(`\x93NUMPY`, 'latin1'),
    Buffer.from([version, 0]),
    length,
    Buffer.from(header),
    bytes,
  ])
}
const numbers = Float32Array.of(1, -2, 0.5, 1e-3)

const save = async (bytes: Uint8Array, name = 'x.npy') => {
  await writeFile(join(folder, name), bytes)
  return join(folder, name)
}

describe('readVectors of .npy', () => {
  // The bytes of numpy.save("x.npy", numpy.array([[1, 2, 3], [4, 5, 6]], "i1")) by NumPy 2.4.6.
  const fromNumPy =
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfGkxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAgMEBQY='

  it('reads a file of NumPy', async () => {
    const path = await save(Buffer.from(fromNumPy, 'base64'))
    expect(await readVectors(path)).toEqual({ data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, columns: 3 })
  })

  it.each([
    ['f4', npy(), numbers],
    ['f4 of format 3', npy({ version: 3 }), numbers],
    ['f8', npy({ descr: '<f8', data: Float64Array.from(numbers) }), numbers],
    ['i1', npy({ descr: '|i1', data: Int8Array.of(1, -128, 127, 0) }), Float32Array.of(1, -128, 127, 0)],
    [
      'f2',
      npy({ descr: '<f2', data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff) }),
      Float32Array.of(1, -2, 2 ** -24, 65504),
    ],
  ])('reads %s', async (_, bytes, expected) => {
    expect(await readVectors(await save(bytes))).toEqual({ data: expected, rows: 2, columns: 2 })
  })

  it('reads more than one block', async () => {
    const data = Float64Array.from({ length: 3 * 300_000 }, (_, i) => i)
    const path = await save(npy({ descr: '<f8', shape: '(3, 300000)', data }))
    expect((await readVectors(path)).data).toEqual(Float32Array.from(data))
  })

  it.each([
    ['other bytes', Buffer.from('PK\x03\x04 something else'), 'does not begin with'],
    ['no bytes', Buffer.alloc(0), 'it is cut off: it has only 0 bytes'],
    ['a header that is cut off', npy().subarray(0, 60), 'its header ends at byte 128 of 60'],
    ['data that is cut off', npy().subarray(0, -1), 'shape (2,2) takes 16 bytes of data, it has 15'],
    ['data that is too long', Buffer.concat([npy(), Buffer.alloc(1)]), 'it has 17'],
    ['Fortran order', npy({ order: 'True' }), 'Fortran order; save numpy.ascontiguousarray(x)'],
    ['another byte order', npy({ descr: '>f4' }), 'big-endian (>f4)'],
    ['another type', npy({ descr: '<i8' }), 'expected numbers of type f2, f4, f8 or i1, got i8'],
    ['objects', npy({ descr: '|O' }), 'got O'],
    ['one dimension', npy({ shape: '(4,)' }), 'expected an array of rows × columns, got shape (4)'],
    ['no shape', npy({ shape: 'None' }), 'its header has no shape'],
    ['another version', npy({ version: 9 }), 'expected version 1, 2 or 3 of the format, got 9'],
  ])('refuses %s', async (_, bytes, message) => {
    const path = await save(bytes)
    await expect(readVectors(path)).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining(message),
    })
    await expect(readVectors(path)).rejects.toThrow(path)
  })

  it('names row and column of what is not finite', async () => {
    const path = await save(npy({ descr: '<f8', data: Float64Array.of(1, 2, 3, 1e39) }))
    await expect(readVectors(path)).rejects.toMatchObject({
      code: 'NOT_FINITE',
      message: `${path}: row 1, column 1 is Infinity, which no float32 vector may have`,
    })
  })

  it('reads or refuses any bytes, and throws nothing else', async () => {
    const edits = fc.array(fc.tuple(fc.nat(150), fc.nat(255)), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(144), async (changes, length) => {
        const bytes = npy()
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        const path = await save(bytes.subarray(0, length), 'fuzz.npy')
        const outcome: unknown = await readVectors(path).catch((error: unknown) => error)
        if (!RewardModelError.isInstance(outcome)) {
          const { data, rows, columns } = outcome as Awaited<ReturnType<typeof readVectors>>
          expect(data.length).toBe(rows * columns)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('readVectors of .safetensors', () => {
  const vectors = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ])
  const write = async (tensors: Record<string, ReturnType<typeof tensor>>) => {
    const path = join(folder, 'x.safetensors')
    await writeSafetensors(path, tensors)
    return path
  }

  it('reads the only tensor of two dimensions, or the one named', async () => {
    const one = { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, columns: 3 }
    const path = await write({ vectors, ids: tensor([7, 8]) })
    expect(await readVectors(path)).toEqual(one)
    const both = await write({ a: vectors, b: tensor([[1, 2]], { dtype: 'i32' }) })
    expect(await readVectors(both, { tensor: 'b' })).toEqual({
      data: Float32Array.of(1, 2),
      rows: 1,
      columns: 2,
    })
    await expect(readVectors(both)).rejects.toThrow('name it with the option tensor')
    await expect(readVectors(both, { tensor: 'c' })).rejects.toThrow(
      'expected c, among its tensors: a (2,3), b (1,2)',
    )
  })

  it('refuses other shapes, damaged files and missing ones', async () => {
    const path = await write({ a: tensor([1, 2]) })
    const invalid = { code: 'INVALID_FILE' }
    await expect(readVectors(path, { tensor: 'a' })).rejects.toMatchObject(invalid)
    await expect(readVectors(await save(Buffer.from('no'), 'y.safetensors'))).rejects.toMatchObject(invalid)
    await expect(readVectors(join(folder, 'none.safetensors'))).rejects.toThrow('none.safetensors')
    await expect(readVectors(join(folder, 'none.npy'))).rejects.toThrow('none.npy: could not be read: ENOENT')
  })

  it('refuses files of another ending and options that are none', async () => {
    const expected = 'expected a file that ends in .npy or .safetensors, got "vectors.csv"'
    await expect(readVectors('vectors.csv')).rejects.toThrow(expected)
    await expect(readVectors('x.npy', { tensor: '' })).rejects.toThrow(
      'tensor: expected a text that is not empty',
    )
  })
})
