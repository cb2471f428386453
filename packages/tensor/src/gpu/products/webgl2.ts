import type { GpuInstance, GpuKernel, KernelResult } from '../runtime'
import { type Step, stayingThere } from '../step'
import { type Product, range } from './product'

/** What gpu.js tells of WebGL2, as far as it is used. */
interface WebGl2Instance extends GpuInstance {
  createKernelMap(parts: Record<string, string>, source: string, settings: object): GpuKernel
  readonly Kernel: {
    readonly features: {
      /** Most textures that a kernel writes. */
      readonly channelCount: number
      readonly maxTextureSize: number
    }
  }
}

/** Rows of texels in a texture: of as many columns as it, where these fit into one, else folded. */
interface Texels {
  /** The texture's width and height, and so the threads that write it. */
  readonly size: readonly [number, number]
  /** Code that names the `column` and `row` of the texel that a thread writes. */
  readonly start: string
  /** Code of the place of a texel. */
  at(column: string, row: string): string
}

function texelsOf(columns: number, rows: number, most: number): Texels {
  if (columns <= most && rows <= most) {
    return {
      size: [columns, rows],
      start: 'int column = x; int row = y;',
      at: (column, row) => `ivec2(${column}, ${row})`,
    }
  }
  const place = (column: string, row: string) => `((${row}) * ${columns} + (${column}))`
  return {
    size: [most, Math.ceil((columns * rows) / most)],
    start: `int place = y * ${most} + x; int column = place % ${columns}; int row = place / ${columns};`,
    at: (column, row) => `ivec2(${place(column, row)} % ${most}, ${place(column, row)} / ${most})`,
  }
}

/** An operand as the product reads it, however it is stored: the rows of all its matrices, four columns a texel. */
interface Operand {
  readonly rows: number
  readonly columns: number
  /** It is stored as its columns, one after another. */
  readonly transposed: boolean
  /** Rows that a matrix has among the texels; those beyond its own are zero. */
  readonly paddedRows: number
  readonly texels: Texels
}

/** Terms of a sum that are added at once; operands have zeros after the last ones. */
const unit = 4

const padded = (size: number): number => Math.ceil(size / unit) * unit

function operandOf(
  matrix: Omit<Operand, 'texels'>,
  { batch }: Product,
  stride: number,
  most: number,
): Operand {
  const count = stride === 0 ? 1 : batch
  return { ...matrix, texels: texelsOf(padded(matrix.columns) / unit, count * matrix.paddedRows, most) }
}

/**
 * A texel of an operand. gpu.js lays elements out one a texel, row after row of the texture, and reads them through the
 * sizes of the first texture that the kernel was given; a texture's own hold for any.
 */
function packFunction({ rows, columns, transposed, paddedRows, texels }: Operand): string {
  const [first, step] = transposed
    ? [`4 * column * ${rows} + row`, rows]
    : [`row * ${columns} + 4 * column`, 1]
  const lane = (i: number) => {
    const element = `element(first + ${i * step})`
    return columns % unit > i || columns % unit === 0
      ? element
      : `(4 * column + ${i} < ${columns} ? ${element} : 0.0)`
  }
  return `
    float element(int i) {
      int width = textureSize(user_a, 0).x;
      return texelFetch(user_a, ivec2(i % width, i / width), 0).r;
    }
    vec4 pack(int x, int y) {
      ${texels.start}
      int matrix = row / ${paddedRows};
      row -= matrix * ${paddedRows};
      ${paddedRows > rows ? `if (row >= ${rows}) return vec4(0.0);` : ''}
      int first = matrix * ${rows * columns} + ${first};
      return vec4(${range(unit).map(lane)});
    }`
}

/** Results of a product as textures: row i of each matrix is in part i modulo `parts`, a power of two. */
interface Tiles {
  readonly parts: number
  /** Rows of a matrix in each part. */
  readonly rows: number
  readonly texels: Texels
}

/**
 * A thread computes four columns of as many rows as there are parts. More parts read less for each result, and leave
 * fewer threads; two rows of texels are the least that gpu.js keeps as they are.
 */
function tilesOf({ m, n, batch }: Product, drawn: number, most: number): Tiles {
  const threads = (batch * m * padded(n)) / (unit * 8)
  const wanted = Math.min(threads >= 512 ? 8 : 4, drawn, m / 2)
  const parts = 2 ** Math.floor(Math.log2(wanted))
  const rows = Math.ceil(m / parts)
  return { parts, rows, texels: texelsOf(padded(n) / unit, batch * rows, most) }
}

const lanes = 'xyzw'

/** The sums of a thread, the first of which is returned; the others are kept in `sum1`, `sum2`, … */
function tileFunction(product: Product, a: Operand, b: Operand, { parts, rows, texels }: Tiles): string {
  const { m, k, strideA, strideB } = product
  const fetch = (name: string, operand: Operand, column: string, row: string) =>
    `texelFetch(user_${name}, ${operand.texels.at(column, row)}, 0)`
  const sums = range(parts)
  const terms = range(unit)
  return `
    vec4 tile(int x, int y) {
      ${texels.start}
      int matrix = row / ${rows};
      int firstA = (row - matrix * ${rows}) * ${parts} + ${strideA === 0 ? '0' : `matrix * ${m}`};
      int firstB = ${strideB === 0 ? '0' : `matrix * ${b.paddedRows}`};
      ${sums.map((i) => `vec4 s${i} = vec4(0.0);`).join(' ')}
      for (int q = 0; q < ${padded(k) / unit}; q++) {
        ${terms.map((u) => `vec4 b${u} = ${fetch('b', b, 'column', `firstB + 4 * q + ${u}`)};`).join('\n')}
        ${sums
          .map((i) => {
            const products = terms.map((u) => `a${i}.${lanes[u]} * b${u}`).join(' + ')
            return `vec4 a${i} = ${fetch('a', a, 'q', `firstA + ${i}`)}; s${i} += ${products};`
          })
          .join('\n')}
      }
      ${sums
        .slice(1)
        .map((i) => `sum${i} = s${i};`)
        .join(' ')}
      return s0;
    }`
}

/** One element of the result. */
function pickFunction({ m, n }: Product, { parts, rows, texels }: Tiles): string {
  const part = (i: number) => `if (part == ${i}) return texelFetch(user_t${i}, place, 0)[column & 3];`
  return `
    float pick(int i) {
      int row = i / ${n};
      int column = i - row * ${n};
      int matrix = row / ${m};
      row -= matrix * ${m};
      int part = row & ${parts - 1};
      ivec2 place = ${texels.at('column >> 2', `matrix * ${rows} + row / ${parts}`)};
      ${range(parts).map(part).join('\n')}
      return 0.0;
    }`
}

/** A function in the language of WebGL2, whose loops and whole numbers gpu.js leaves as they are. */
const native = (name: string, source: string, returnType: string, args: readonly string[]) => ({
  name,
  source,
  returnType,
  argumentTypes: Object.fromEntries(args.map((arg) => [arg, 'Integer'])),
})

const settings = { ...stayingThere, tactic: 'precision' } as const

function createPack(gpu: GpuInstance, operand: Operand): GpuKernel {
  return gpu.createKernel('function (a) { return pack(this.thread.x, this.thread.y); }', {
    ...settings,
    output: [...operand.texels.size],
    nativeFunctions: [native('pack', packFunction(operand), 'Array(4)', ['x', 'y'])],
  })
}

/** The tiled product: gives a texture for each part, by `result`, `part1`, `part2`, … */
function createTiled(gpu: WebGl2Instance, source: string, { parts, texels }: Tiles): GpuKernel {
  const others = range(parts).slice(1)
  const keep = others.map((i) => `part${i}(kept${i}());`).join(' ')
  return gpu.createKernelMap(
    Object.fromEntries(others.map((i) => [`part${i}`, `function part${i}(sum) { return sum; }`])),
    `function (a, b) { const first = tile(this.thread.x, this.thread.y); ${keep} return first; }`,
    {
      ...settings,
      output: [...texels.size],
      injectedNative: others.map((i) => `vec4 sum${i};`).join(' '),
      nativeFunctions: [
        native('tile', source, 'Array(4)', ['x', 'y']),
        ...others.map((i) => native(`kept${i}`, `vec4 kept${i}() { return sum${i}; }`, 'Array(4)', [])),
      ],
    },
  )
}

function createPick(gpu: GpuInstance, product: Product, tiles: Tiles, immutable: boolean): GpuKernel {
  const names = range(tiles.parts).map((i) => `t${i}`)
  return gpu.createKernel(`function (${names}) { return pick(this.thread.x); }`, {
    ...settings,
    immutable,
    // One dimension, as every result and upload has in this mode.
    output: [product.batch * product.m * product.n],
    nativeFunctions: [native('pick', pickFunction(product, tiles), 'Number', ['i'])],
  })
}

/**
 * The product as kernels of gpu.js: both operands are packed four elements a texel, so that a read brings four; threads
 * write several textures at once, so that a read serves several rows; and the elements of these are picked into a row.
 */
export function createWebGl2Product(gpu: GpuInstance, product: Product, immutable: boolean): Step {
  const { m, k, n, transposeA, transposeB, strideA, strideB } = product
  const { channelCount, maxTextureSize } = (gpu as WebGl2Instance).Kernel.features
  const matrixA = { rows: m, columns: k, transposed: transposeA, paddedRows: m }
  const matrixB = { rows: k, columns: n, transposed: transposeB, paddedRows: padded(k) }
  const operandA = operandOf(matrixA, product, strideA, maxTextureSize)
  const operandB = operandOf(matrixB, product, strideB, maxTextureSize)
  const tiles = tilesOf(product, channelCount, maxTextureSize)
  const packA = createPack(gpu, operandA)
  const packB = createPack(gpu, operandB)
  const source = tileFunction(product, operandA, operandB, tiles)
  const tiled = createTiled(gpu as WebGl2Instance, source, tiles)
  const pick = createPick(gpu, product, tiles, immutable)
  return {
    async run([a, b]) {
      const parts = tiled(packA(a), packB(b)) as Readonly<Record<string, KernelResult>>
      return pick(...range(tiles.parts).map((i) => parts[i === 0 ? 'result' : `part${i}`])) as KernelResult
    },
    destroy() {
      for (const kernel of [packA, packB, tiled, pick]) kernel.destroy()
    },
  }
}
