import { readSafetensors } from '@prefkit/nn/files'
import { type Embedder, precomputed } from '@prefkit/reward-models/embedders'
import { type BundledFile, bundledFile } from '../bundled-files'

/**
 * An embedder of the texts whose vectors are bundled: unit vectors, kept as bytes. A text that occurs several times has
 * the vector of its first occurrence.
 * @param texts for each tensor of the file, the texts of its rows.
 */
export async function bundledEmbeddings(
  file: BundledFile,
  texts: Readonly<Record<string, readonly string[]>>,
): Promise<Embedder> {
  const { tensors } = await readSafetensors(await bundledFile(file))
  const rows = new Map<string, Float32Array>()
  let columns = 0
  for (const [name, own] of Object.entries(texts)) {
    const tensor = tensors[name]!
    columns = tensor.dims[1]!
    own.forEach((text, row) => {
      if (!rows.has(text)) rows.set(text, unit(tensor.data.subarray(row * columns, (row + 1) * columns)))
    })
  }
  const data = new Float32Array(rows.size * columns)
  for (const [row, vector] of [...rows.values()].entries()) data.set(vector, row * columns)
  return precomputed({ data, rows: rows.size, columns }, [...rows.keys()])
}

/** The direction of a vector; bytes keep directions, up to a scale that does not matter then. */
function unit(vector: ArrayLike<number>): Float32Array {
  const values = Float32Array.from(vector)
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  return values.map((value) => value / length)
}
