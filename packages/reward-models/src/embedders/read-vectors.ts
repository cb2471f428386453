import { extname } from 'node:path'
import { readSafetensors } from '@prefkit/nn/files'
import type { Tensor } from '@prefkit/tensor'
import type { Matrix } from '../matrix'
import { RewardModelError } from '../reward-model-error'
import { checks, type OptionCheck, optional, resolveOptions } from './check-options'
import { readNpy } from './read-npy'

/** Options of {@link readVectors}. */
export interface ReadVectorsOptions {
  /** Name of the tensor in a `.safetensors` file. Default: the only one that has two dimensions. */
  tensor?: string | undefined
}

const table = { tensor: optional(checks.text) } as const satisfies Record<
  keyof ReadVectorsOptions,
  OptionCheck
>

const readers: Readonly<Record<string, (path: string, options: ReadVectorsOptions) => Promise<Matrix>>> = {
  '.npy': readNpy,
  '.safetensors': readTensor,
}

/**
 * Vectors that were computed elsewhere, one row a text: a two-dimensional array of a `.npy` file (f2, f4, f8 or i1, in
 * C order) or a tensor of a `.safetensors` file, as float32. Integers keep their value.
 * @throws RewardModelError `INVALID_FILE` for a file that cannot be read, is of another kind or damaged, naming it;
 *   `NOT_FINITE` naming row and column; `INVALID_OPTION` for a path of another ending.
 */
export async function readVectors(path: string, options: ReadVectorsOptions = {}): Promise<Matrix> {
  const resolved = resolveOptions<ReadVectorsOptions>('readVectors', options, { tensor: undefined }, table)
  const ending = extname(path).toLowerCase()
  const read = Object.hasOwn(readers, ending) ? readers[ending] : undefined
  if (!read) {
    const expected = `expected a file that ends in ${Object.keys(readers).join(' or ')}`
    throw new RewardModelError(
      'INVALID_OPTION',
      `readVectors: path: ${expected}, got ${JSON.stringify(path)}`,
    )
  }
  const matrix = await read(path, resolved)
  const bad = matrix.data.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return matrix
  const place = `row ${Math.floor(bad / matrix.columns)}, column ${bad % matrix.columns}`
  throw new RewardModelError(
    'NOT_FINITE',
    `${path}: ${place} is ${matrix.data[bad]}, which no float32 vector may have`,
  )
}

async function readTensor(path: string, { tensor: wanted }: ReadVectorsOptions): Promise<Matrix> {
  const { tensors } = await readSafetensors(path).catch((cause: unknown) => {
    throw new RewardModelError('INVALID_FILE', cause instanceof Error ? cause.message : String(cause), {
      cause,
    })
  })
  const [name, found] = choose(path, tensors, wanted)
  if (found.rank !== 2 || found.dtype === 'bool') {
    const got = `${found.dtype} of shape (${found.dims})`
    throw new RewardModelError(
      'INVALID_FILE',
      `${path}: tensor ${name}: expected numbers in rows × columns, got ${got}`,
    )
  }
  const [rows, columns] = found.dims as [number, number]
  return {
    data: found.dtype === 'f32' ? (found.data as Float32Array) : Float32Array.from(found.data),
    rows,
    columns,
  }
}

function choose(path: string, tensors: Record<string, Tensor>, wanted: string | undefined): [string, Tensor] {
  const entries = Object.entries(tensors)
  const candidates = entries.filter(([name, { rank }]) =>
    wanted === undefined ? rank === 2 : name === wanted,
  )
  if (candidates.length === 1) return candidates[0]!
  const expected =
    wanted === undefined ? 'one tensor of two dimensions; name it with the option tensor' : wanted
  const has = entries.map(([name, { dims }]) => `${name} (${dims})`).join(', ') || 'none'
  throw new RewardModelError('INVALID_FILE', `${path}: expected ${expected}, among its tensors: ${has}`)
}
