import { readFileSync } from 'node:fs'
import { type Tensor, tensor } from '@prefkit/tensor'
import {
  array,
  assert,
  constantFrom,
  dictionary,
  double,
  float,
  integer,
  letrec,
  nat,
  oneof,
  property,
  record,
  string,
  tuple,
  uint8Array,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import golden from '../goldens/read.json'
import { NnError } from '../nn-error'
import { elementTypes } from './element-types'
import { parseSafetensors } from './parse-safetensors'
import { parseStrictJson } from './parse-strict-json'
import { serializeSafetensors } from './serialize-safetensors'

const file = (name: string): Uint8Array => readFileSync(new URL(`../goldens/${name}`, import.meta.url))

/** A file with this header, as text or JSON, and this many bytes after it. */
function build(header: unknown, dataSize = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + dataSize)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}

const hexOf = (view: DataView, size: 4 | 8, i: number): string =>
  Array.from({ length: size }, (_, k) =>
    view
      .getUint8(i * size + size - 1 - k)
      .toString(16)
      .padStart(2, '0'),
  ).join('')

/** The elements as the golden has them: the bits of floats, integers as they are. */
function exact({ data, dtype }: Tensor): (string | number)[] {
  if (dtype === 'i32' || dtype === 'bool') return Array.from(data)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Array.from(data, (value, i) =>
    Number.isNaN(value) ? 'NaN' : hexOf(view, dtype === 'f64' ? 8 : 4, i),
  )
}

describe('files of the Python library', () => {
  const { tensors, metadata } = parseSafetensors(file('read.safetensors'))

  it.each(Object.entries(golden.tensors))('%s', (name, { shape, values }) => {
    expect(tensors[name]!.shape).toEqual(shape)

    expect(exact(tensors[name]!)).toEqual(values)
  })

  it('with their metadata', () => {
    expect(metadata).toEqual({ format: 'pt', note: 'ü ✓ "quoted"' })
    expect(Object.keys(tensors).toSorted()).toEqual(Object.keys(golden.tensors).toSorted())
  })

  it('are written byte for byte alike', () => {
    const bytes = serializeSafetensors(
      {
        'layers.0.weight': tensor([
          [0.5, -1.25],
          [3, 1e-40],
        ]),
        'layers.0.bias': tensor([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
        z: tensor([0.1], { dtype: 'f64' }),
        step: tensor(7, { dtype: 'i32' }),
        'a.mask': tensor([true, false, true]),
        ünïcode: tensor([1, 2], { dtype: 'i32' }),
      },
      { metadata: { format: 'pt' } },
    )
    expect(Buffer.from(bytes).equals(file('written.safetensors'))).toBe(true)
  })
})

describe('16-bit floats', () => {
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i)
  const decode = (type: string) => elementTypes[type]!.decode(new Uint8Array(all.buffer)) as Float32Array

  /** (−1)^s · 2^(e − bias) · (1 + f / 2^bits), and what e says when it is all zeros or ones. */
  function valueOf(half: number, bits: number): number {
    const exponentBits = 15 - bits
    const sign = half >> 15 ? -1 : 1
    const exponent = (half >> bits) & (2 ** exponentBits - 1)
    const fraction = (half & (2 ** bits - 1)) / 2 ** bits
    const bias = 2 ** (exponentBits - 1) - 1
    if (exponent === 2 ** exponentBits - 1)
      return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
    return exponent === 0 ? sign * 2 ** (1 - bias) * fraction : sign * 2 ** (exponent - bias) * (1 + fraction)
  }

  it.each([
    ['F16', 10],
    ['BF16', 7],
  ])('%s widens every one of its 65,536 values exactly', (type, bits) => {
    const wrong = Array.from(decode(type)).findIndex((value, half) => !Object.is(value, valueOf(half, bits)))
    expect(wrong).toBe(-1)
  })
})

describe('a file that is none', () => {
  const entry = (shape: number[], begin: number, end: number, dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  })
  const f32 = entry([2], 0, 8)
  const rows: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['empty', new Uint8Array(0), /^x: expected at least 8 bytes, got 0$/],
    ['shorter than its length', new Uint8Array(7), /^x: expected at least 8 bytes, got 7$/],
    [
      'cut off in its header',
      build({ a: f32 }, 8).subarray(0, 20),
      /^x: its header says it is 54 bytes long, expected at most 12: truncated/,
    ],
    ['cut off in its data', build({ a: f32 }, 7), /^x: its tensors take 8 bytes, but 7 follow the header$/],
    [
      'longer than its tensors',
      build({ a: f32 }, 9),
      /^x: its tensors take 8 bytes, but 9 follow the header$/,
    ],
    [
      'of absurd length',
      new Uint8Array(16).fill(255),
      /^x: its header says it is 18446744073709551615 bytes long/,
    ],
    ['text', new TextEncoder().encode('PK\u0003\u0004 this is a zip'), /truncated, or no safetensors file$/],
    ['not JSON', build('{"a":', 0), /^x: its header is no JSON that can be read: /],
    [
      'not UTF-8',
      (() => {
        const bytes = build('{"a":1}')
        bytes[10] = 0xff
        return bytes
      })(),
      /^x: its header is no JSON that can be read: /,
    ],
    ['a list', build('[]'), /^x: its header is no JSON object$/],
    [
      'nested too deep',
      build(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
      /^x: its header is no JSON that can be read: /,
    ],
    ['null', build('null'), /^x: its header is no JSON object$/],
    [
      'a key twice',
      build(`{"a":${JSON.stringify(f32)},"\\u0061":${JSON.stringify(f32)}}`, 8),
      /^x: its header is no JSON that can be read: the key "a" is there twice$/,
    ],
    ['an entry that is no object', build({ a: 3 }), /^x: a: its entry: expected an object, got 3$/],
    [
      'no dtype',
      build({ a: { shape: [], data_offsets: [0, 4] } }, 4),
      /^x: a: dtype: expected a string, got undefined$/,
    ],
    [
      'a dtype of the prototype',
      build({ a: entry([], 0, 0, 'toString') }),
      /^x: a: expected one of BOOL, .* got toString$/,
    ],
    [
      'an unknown dtype',
      build({ a: entry([1], 0, 1, 'F8_E4M3') }, 1),
      /^x: a: expected one of BOOL, .* got F8_E4M3$/,
    ],
    [
      'a negative size',
      build({ a: entry([-1], 0, 4) }, 4),
      /^x: a: shape: expected whole numbers of at least 0, got \[-1\]$/,
    ],
    ['half a size', build({ a: entry([0.5], 0, 2) }, 2), /^x: a: shape: /],
    [
      'a shape of text',
      build({ a: { dtype: 'F32', shape: '1', data_offsets: [0, 4] } }, 4),
      /^x: a: shape: .* got "1"$/,
    ],
    [
      'offsets that fall',
      build({ a: entry([1], 4, 0) }, 4),
      /^x: a: data_offsets: expected two whole numbers that do not fall, got \[4,0\]$/,
    ],
    [
      'three offsets',
      build({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, 8),
      /^x: a: data_offsets: /,
    ],
    [
      'another size than the shape',
      build({ a: entry([3], 0, 8) }, 8),
      /^x: a: F32 \[3] takes 12 bytes, its offsets give 8$/,
    ],
    [
      'a size beyond counting',
      build({ a: entry([2 ** 40, 2 ** 40, 2 ** 40], 0, 8) }, 8),
      /^x: a: F32 .* its offsets give 8$/,
    ],
    [
      'bytes used twice',
      build({ a: f32, b: entry([2], 4, 12) }, 12),
      /^x: b: its bytes 4 to 12 overlap those of another tensor, expected them from 8 on$/,
    ],
    [
      'a gap',
      build({ a: f32, b: entry([1], 12, 16) }, 16),
      /^x: b: its bytes 12 to 16 leave a gap before them, expected them from 8 on$/,
    ],
    [
      'metadata that are no strings',
      build({ __metadata__: { a: 1 } }),
      /^x: __metadata__: expected an object of strings$/,
    ],
    [
      'metadata that are a list',
      build({ __metadata__: ['a'] }),
      /^x: __metadata__: expected an object of strings$/,
    ],
  ]

  it.each(rows)('%s', (_, bytes, message) => {
    const code = /expected one of BOOL/.test(message.source) ? 'UNSUPPORTED_DTYPE' : 'INVALID_FILE'
    expect(() => parseSafetensors(bytes, { file: 'x' })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })

  it.each([
    ['I64', new Uint8Array(new BigInt64Array([1n, 2n ** 31n]).buffer), 'element 1 is 2147483648'],
    ['U32', new Uint8Array(new Uint32Array([2 ** 32 - 1]).buffer), 'element 0 is 4294967295'],
    ['U64', new Uint8Array(new BigUint64Array([2n ** 64n - 1n]).buffer), 'element 0 is 18446744073709551615'],
  ])('%s that 32 bits do not hold', (dtype, data, problem) => {
    const bytes = build(
      { n: { dtype, shape: [data.length / elementTypes[dtype]!.size], data_offsets: [0, data.length] } },
      data.length,
    )
    bytes.set(data, bytes.length - data.length)
    const message = `x: n: expected ${dtype} values that fit in i32, but ${problem}`
    expect(() => parseSafetensors(bytes, { file: 'x' })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_DTYPE', message }),
    )
  })
})

describe('what is allowed', () => {
  it('no tensors, null metadata, tensors of no elements, data that are not aligned', () => {
    expect(parseSafetensors(build('{}'))).toEqual({ tensors: {}, metadata: {} })
    expect(parseSafetensors(build({ __metadata__: null })).metadata).toEqual({})
    const { tensors } = parseSafetensors(
      build(
        {
          b: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
          e: { dtype: 'F64', shape: [0, 5], data_offsets: [1, 1] },
          f: { dtype: 'F32', shape: [], data_offsets: [1, 5] },
        },
        5,
      ),
    )
    expect([tensors.b!.toArray(), tensors.e!.shape, tensors.f!.item()]).toEqual([[0], [0, 5], 0])
  })

  it('names that objects have already', () => {
    const given = Object.fromEntries(
      ['__proto__', 'constructor', '1', '0'].map((name, i) => [name, tensor([i])]),
    )
    const { tensors } = parseSafetensors(serializeSafetensors(given))
    expect(Object.entries(tensors).map(([name, t]) => [name, t.toArray()])).toEqual(
      Object.entries(given).map(([name, t]) => [name, t.toArray()]),
    )
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype)
  })
})

describe('serializeSafetensors', () => {
  const f32 = float({ noNaN: true })
  const data = oneof(
    array(f32).map((x) => tensor(Float32Array.from(x))),
    array(double({ noNaN: true })).map((x) => tensor(Float64Array.from(x))),
    array(integer()).map((x) => tensor(Int32Array.from(x))),
    array(integer({ min: 0, max: 1 })).map((x) => tensor(Uint8Array.from(x))),
  )
  const name = string({ unit: 'grapheme' }).filter((text) => text !== '__metadata__')
  const tables = dictionary(name, data, { maxKeys: 5, noNullPrototype: true })
  const notes = dictionary(string({ unit: 'grapheme' }), string({ unit: 'grapheme' }), {
    maxKeys: 3,
    noNullPrototype: true,
  })

  it('is undone by parseSafetensors', () => {
    assert(
      property(tables, notes, (tensors, metadata) => {
        const back = parseSafetensors(serializeSafetensors(tensors, { metadata }))
        expect(back.metadata).toEqual(metadata)
        const contents = (table: Record<string, Tensor>) =>
          Object.entries(table)
            .map(([key, { dtype, shape, data }]) => [key, dtype, shape, Array.from(data)])
            .toSorted()
        expect(contents(back.tensors)).toEqual(contents(tensors))
      }),
    )
  })

  it('gives the same bytes in whatever order', () => {
    assert(
      property(tables, notes, (tensors, metadata) => {
        const turned = <T>(x: Record<string, T>) => Object.fromEntries(Object.entries(x).reverse())
        const bytes = serializeSafetensors(tensors, { metadata })
        expect(serializeSafetensors(turned(tensors), { metadata: turned(metadata) })).toEqual(bytes)
        // The data begin at a multiple of 8.
        expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n)
      }),
    )
  })

  it.each<[Record<string, Tensor>, Record<string, string>, string]>([
    [{ __metadata__: tensor(1) }, {}, 'name: __metadata__ names no tensor'],
    [{ '\ud800': tensor(1) }, {}, 'name: expected text without lone surrogates, got "\\ud800"'],
    [{}, { a: 1 as unknown as string }, 'metadata.a: expected text without lone surrogates, got 1'],
    [{}, { '\udc00': '' }, 'metadata: expected text without lone surrogates, got "\\udc00"'],
  ])('refuses what a file cannot hold', (tensors, metadata, message) => {
    expect(() => serializeSafetensors(tensors, { metadata })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message }),
    )
  })
})

describe('mutations never do worse than a named error', () => {
  const original = file('read.safetensors')

  /** Parses; a file that still is one takes no more memory than 4 times its size (bytes widened to i32). */
  function survives(bytes: Uint8Array): void {
    try {
      const { tensors } = parseSafetensors(bytes, { file: 'x' })
      const held = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0)
      expect(held).toBeLessThanOrEqual(4 * bytes.byteLength)
    } catch (error) {
      if (!NnError.isInstance(error)) throw error
      expect(error.message).toMatch(/^x: /)
      expect(error.message.length).toBeLessThan(2000)
    }
  }

  it('of single bytes, lengths and splices', () => {
    const edits = array(tuple(nat(original.length - 1), nat(255)), { maxLength: 4 })
    assert(
      property(edits, nat(original.length), uint8Array({ maxLength: 8 }), (changes, length, extra) => {
        const bytes = Uint8Array.from(original)
        for (const [at, value] of changes) bytes[at] = value
        survives(bytes)
        survives(bytes.subarray(0, length))
        survives(Uint8Array.from([...bytes.subarray(0, length), ...extra, ...bytes.subarray(length)]))
      }),
      { numRuns: 300 },
    )
  })

  it('of headers', () => {
    const size = oneof(nat(9), integer(), double(), constantFrom<unknown>(2 ** 53, 1e308, '1', null))
    const entry = record(
      {
        dtype: oneof(
          constantFrom<unknown>(...Object.keys(elementTypes)),
          string(),
          constantFrom<unknown>(null, 3),
        ),
        shape: oneof(array(nat(3)), array(size)),
        data_offsets: oneof(tuple(nat(32), nat(32)), array(size)),
      },
      { requiredKeys: [] },
    )
    const header = dictionary(oneof(string(), constantFrom('__metadata__', '__proto__')), entry, {
      noNullPrototype: true,
    })
    assert(
      property(header, nat(64), (value, dataSize) => survives(build(value, dataSize))),
      { numRuns: 500 },
    )
  })
})

describe('parseStrictJson', () => {
  const awkward = constantFrom('a', 'b', '"', '\\', '\n', '{', '}:', ',', '\\u0061', '__proto__')
  const { value } = letrec((tie) => ({
    value: oneof({ maxDepth: 3 }, awkward, integer(), constantFrom(true, null), tie('list'), tie('object')),
    list: array(tie('value'), { maxLength: 3 }),
    object: dictionary(awkward, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  }))

  it('undoes JSON.stringify, keys with escapes included', () => {
    assert(
      property(value, constantFrom(0, 1), (given, indent) => {
        expect(parseStrictJson(JSON.stringify(given, null, indent))).toEqual(given)
      }),
      { numRuns: 300 },
    )
  })

  it('refuses a key that is there twice, however it is written', () => {
    const entries = array(tuple(awkward, constantFrom('{}', '[{"a":1},{"a":2}]', '{"a":{"a":1}}', '"a"')), {
      maxLength: 4,
    })
    assert(
      property(entries, (pairs) => {
        const json = `{${pairs.map(([name, inner]) => `${JSON.stringify(name)} : ${inner}`).join(', ')}}`
        const names = pairs.map(([name]) => name)
        if (new Set(names).size === names.length)
          expect(Object.keys(parseStrictJson(json) as object)).toEqual(names)
        else expect(() => parseStrictJson(json)).toThrow(/^the key .* is there twice$/)
      }),
    )
    expect(() => parseStrictJson('{"a":1,"\\u0061":2}')).toThrow('the key "a" is there twice')
    expect(() => parseStrictJson('[{"x":[{"a":1},{"a":1,"a":2}]}]')).toThrow('the key "a" is there twice')
  })

  it.each(['', '{"a"}', '{"a","b"}', '["a":1]', '{,}', '[1,]', '{"a":1,}', '"a', '{"a":1]'])(
    'refuses %s',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow(SyntaxError)
    },
  )
})
