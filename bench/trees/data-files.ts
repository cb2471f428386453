import { closeSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DataFiles, TreesCase } from './cases.ts'
import { embeddings } from './embeddings.ts'
import { higgsLike } from './higgs-like.ts'
import { beginNpy, writeNumbers } from './npy.ts'
import type { RowSource } from './rows.ts'

/** Of another version of the generators: other files. */
const version = 1

const rowsAtOnce = 1000

const sources: Readonly<Record<TreesCase['name'], (columns: number) => RowSource>> = {
  embeddings,
  higgs: higgsLike,
}

/** What is trained on, and what is held out. */
export interface CaseFiles {
  readonly training: DataFiles
  readonly heldOut: DataFiles
}

const filesIn = (folder: string, part: string): DataFiles => ({
  features: join(folder, `${part}-features.npy`),
  label: join(folder, `${part}-label.npy`),
})

/** The files of a case, which are written the first time that they are asked for. */
export function dataFilesOf(spec: TreesCase, folder: string): CaseFiles {
  const { name, rows, columns, heldOut } = spec
  const made = join(folder, `${name}-${rows}x${columns}-${heldOut}-v${version}`)
  if (!existsSync(made)) {
    console.error(`writing ${made} …`)
    // Only what is whole has the name: a run may end while it writes.
    const partial = `${made}.partial`
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    const source = sources[name](columns)
    writeRows(source, rows, filesIn(partial, 'training'))
    writeRows(source, heldOut, filesIn(partial, 'held-out'))
    renameSync(partial, made)
  }
  return { training: filesIn(made, 'training'), heldOut: filesIn(made, 'held-out') }
}

function writeRows(source: RowSource, rows: number, files: DataFiles): void {
  const { columns } = source
  const features = beginNpy(files.features, 'f4', [rows, columns])
  const label = beginNpy(files.label, 'f4', [rows])
  const block = new Float32Array(rowsAtOnce * columns)
  const labels = new Float32Array(rowsAtOnce)
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - start)
    for (let row = 0; row < count; row++) labels[row] = source.next(block, row * columns)
    writeNumbers(features, block.subarray(0, count * columns))
    writeNumbers(label, labels.subarray(0, count))
  }
  closeSync(features)
  closeSync(label)
}
