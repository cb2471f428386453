import type { GpuInstance, GpuKernel } from '../runtime'
import { type Step, stayingThere, stepOf } from '../step'
import { type Product, range } from './product'

/** Results that one thread computes, a multiple of 4 columns. */
interface Tile {
  readonly rows: number
  readonly columns: number
}

/** Registers hold 8 × 8 sums on every GPU; larger tiles read less, and spill. */
const largest = 8

const powerAround = (size: number): number => Math.min(largest, 2 ** Math.ceil(Math.log2(size)))

/** The largest tile that still leaves work for as many threads as a GPU has. */
function tileFor({ m, n, batch }: Product): Tile {
  const tile = { rows: powerAround(m), columns: Math.max(4, powerAround(n)) }
  const threads = (batch * m * n) / (tile.rows * tile.columns)
  return threads >= 512 ? tile : { rows: Math.min(4, tile.rows), columns: 4 }
}

/** What reads an operand: code that positions it, code that loads 4 (or fewer) terms of the sum, and each of these. */
interface Reader {
  readonly start: readonly string[]
  /** Loads `terms` of them; `ahead` loads lie in front of where the reader is. */
  load(terms: number, ahead?: number): readonly string[]
  advance(loads: number): readonly string[]
  /** Term u for line i: row i of A, column i of B. Four columns together where `vectors`. */
  at(u: number, i: number): string
  readonly vectors: boolean
}

const lanes = 'xyzw'

/** An array of vec4 where all its rows start at one, else of f32: its type, and how 4 elements in a row are read. */
function storage(name: string, rowLength: number, stride: number) {
  const vector = rowLength % 4 === 0 && stride % 4 === 0
  const unit = vector ? 4 : 1
  return {
    type: vector ? 'vec4<f32>' : 'f32',
    unit,
    four: (at: string, offset: number) =>
      vector
        ? `${name}[${at} + ${offset / 4}u]`
        : `vec4<f32>(${range(4).map((i) => `${name}[${at} + ${offset + i}u]`)})`,
    some: (at: string, offset: number, count: number) =>
      `vec4<f32>(${range(4).map((i) => (i < count ? `${name}[${at} + ${offset + i}u]` : '0.0'))})`,
  }
}

type Storage = ReturnType<typeof storage>

/** An operand stored with the terms of the sum in a row: each line has a place of its own. */
function alongTerms(letter: string, store: Storage, first: string, lines: number, length: number): Reader {
  const place = (i: number) => `${letter}At${i}`
  return {
    vectors: false,
    start: range(lines).map(
      (i) =>
        `var ${place(i)} = ${first} * ${length / store.unit}u + ${(i * length) / store.unit}u + ${letter}Base;`,
    ),
    load: (terms, ahead = 0) =>
      range(lines).map(
        (i) =>
          `let ${letter}${i}_${ahead} = ${terms === 4 ? store.four(place(i), 4 * ahead) : store.some(place(i), 0, terms)};`,
      ),
    advance: (loads) => range(lines).map((i) => `${place(i)} += ${(4 * loads) / store.unit}u;`),
    at: (u, i) => `${letter}${i}_${u >> 2}.${lanes[u & 3]}`,
  }
}

/** An operand stored with its lines in a row, four of which are loaded at once for each term. */
function acrossTerms(letter: string, store: Storage, first: string, lines: number, length: number): Reader {
  return {
    vectors: true,
    start: [`var ${letter}At = ${store.unit === 4 ? `${first} / 4u` : first} + ${letter}Base;`],
    load: (terms) =>
      range(terms).flatMap((u) =>
        range(Math.ceil(lines / 4)).map(
          (v) => `let ${letter}${u}_${v} = ${store.four(`${letter}At`, u * length + 4 * v)};`,
        ),
      ),
    advance: (loads) => [`${letter}At += ${(4 * loads * length) / store.unit}u;`],
    at: (u, i) => `${letter}${u}_${i >> 2}.${lanes[i & 3]}`,
  }
}

/**
 * The product as a function of WGSL that computes a tile in registers. What gpu.js writes itself gives out four numbers a
 * thread at most, which is one read for each; a tile of 8 × 8 reads a quarter of that, four numbers at a time.
 */
function tileFunction(product: Product, { rows, columns }: Tile): string {
  const { m, k, n, transposeA, transposeB, batch, strideA, strideB } = product
  const [lengthA, lengthB] = [transposeA ? m : k, transposeB ? k : n]
  const [storeA, storeB] = [storage('matA', lengthA, strideA), storage('matB', lengthB, strideB)]
  const readA = (transposeA ? acrossTerms : alongTerms)('a', storeA, 'row', rows, lengthA)
  const readB = (transposeB ? alongTerms : acrossTerms)('b', storeB, 'column', columns, lengthB)
  // Rows of both operands are read: four loads at once use whole cache lines before a k that is a power of two evicts them.
  const ahead = !transposeA && transposeB && k >= 512 && k % 16 === 0 ? 4 : 1
  const base = (letter: string, stride: number, { unit }: Storage) =>
    `let ${letter}Base = ${batch > 1 ? `u32(z) * ${stride / unit}u` : '0u'};`
  const outType = n % 4 === 0 ? 'vec4<f32>' : 'f32'
  return [
    // Variables of their own on the bindings that gpu.js gives the arguments and the result: legal where the kernel uses
    // only one of the two, and so typed as vectors.
    `@group(0) @binding(1) var<storage, read> matA : array<${storeA.type}>;`,
    `@group(0) @binding(2) var<storage, read> matB : array<${storeB.type}>;`,
    `@group(0) @binding(3) var<storage, read_write> matC : array<${outType}>;`,
    'fn fn_tile(x : i32, y : i32, z : i32) -> f32 {',
    `let row = u32(y) * ${rows}u; let column = u32(x) * ${columns}u;`,
    base('a', strideA, storeA),
    base('b', strideB, storeB),
    ...readA.start,
    ...readB.start,
    ...sums(rows, columns, readB.vectors).map(({ name, zero }) => `var ${name} = ${zero};`),
    ...sumLoop(readA, readB, { rows, columns }, k, ahead),
    ...stores(product, { rows, columns }, readB.vectors),
    'return 0.0;',
    '}',
  ].join('\n')
}

const sumName = (r: number, c: number) => `s${r}_${c}`

/** The sums of a tile: four columns together, or one by one. */
const sums = (rows: number, columns: number, vectors: boolean) =>
  range(rows).flatMap((r) =>
    range(vectors ? columns / 4 : columns).map((c) => ({
      name: sumName(r, c),
      zero: vectors ? 'vec4<f32>()' : '0.0',
    })),
  )

function sumLoop(readA: Reader, readB: Reader, tile: Tile, k: number, ahead: number): string[] {
  const turns = Math.floor(k / (4 * ahead))
  const whole = [
    ...range(ahead).flatMap((j) => [...readA.load(4, j), ...readB.load(4, j)]),
    ...addTerms(readA, readB, tile, 4 * ahead),
    ...readA.advance(ahead),
    ...readB.advance(ahead),
  ]
  const rest = k % 4
  const last = [...readA.load(rest), ...readB.load(rest), ...addTerms(readA, readB, tile, rest)]
  return [
    ...(turns > 0 ? [`for (var q = 0u; q < ${turns}u; q++) {`, ...whole, '}'] : []),
    ...(rest > 0 ? ['{', ...last, '}'] : []),
  ]
}

/** Adds `terms` products to each sum of the tile. */
function addTerms(readA: Reader, readB: Reader, { rows, columns }: Tile, terms: number): string[] {
  if (readB.vectors) {
    return range(terms).flatMap((u) =>
      range(rows).flatMap((r) =>
        range(columns / 4).map((v) => `${sumName(r, v)} += ${readA.at(u, r)} * b${u}_${v};`),
      ),
    )
  }
  return range(rows).flatMap((r) =>
    range(columns).map((c) => {
      const products = range(terms).map((u) => `${readA.at(u, r)} * ${readB.at(u, c)}`)
      return `${sumName(r, c)} += ${products.join(' + ')};`
    }),
  )
}

/** What lies beyond the last row or column is summed too, from whatever is read there, and not stored. */
function stores({ m, n }: Product, { rows, columns }: Tile, vectors: boolean): string[] {
  const value = (r: number, c: number) => (vectors ? `${sumName(r, c >> 2)}.${lanes[c & 3]}` : sumName(r, c))
  const four = (r: number, c: number) =>
    vectors ? sumName(r, c >> 2) : `vec4<f32>(${range(4).map((i) => value(r, c + i))})`
  const unit = n % 4 === 0 ? 4 : 1
  const guarded = (condition: string, needed: boolean, lines: string[]) =>
    needed ? [`if (${condition}) {`, ...lines, '}'] : lines
  return range(rows).flatMap((r) =>
    guarded(
      `row + ${r}u < ${m}u`,
      m % rows !== 0,
      range(columns / unit).flatMap((v) => {
        const c = v * unit
        const place = `(u32(z) * ${m}u + row + ${r}u) * ${n / unit}u + ${unit === 4 ? 'column / 4u' : 'column'} + ${v}u`
        const store = `matC[${place}] = ${unit === 4 ? four(r, c) : value(r, c)};`
        return guarded(`column + ${c}u < ${n}u`, n % columns !== 0, [store])
      }),
    ),
  )
}

/** The product as a kernel of gpu.js: a thread for each tile, at x, y and, in a batch, z. */
export function createWebGpuProduct(gpu: GpuInstance, product: Product, immutable: boolean): Step {
  const { m, n, batch } = product
  const tile = tileFor(product)
  const kernel = gpu.createKernel(
    'function (a, b) { const unused = tile(this.thread.x, this.thread.y, this.thread.z); }',
    {
      ...stayingThere,
      output: [Math.ceil(n / tile.columns), Math.ceil(m / tile.rows), batch],
      returnType: 'Number',
      immutable,
      nativeFunctions: [
        {
          name: 'tile',
          source: tileFunction(product, tile),
          argumentTypes: { x: 'Integer', y: 'Integer', z: 'Integer' },
          returnType: 'Number',
        },
      ],
    },
  ) as GpuKernel & { kernel: object }
  // gpu.js makes room for what the return type has: here it is a tile that a thread writes.
  const componentCount = tile.rows * tile.columns
  Object.defineProperty(kernel.kernel, 'componentCount', { get: () => componentCount, set: () => {} })
  return stepOf(kernel, immutable, batch * m * n)
}
