import { createHash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

const descriptions = ['config.json', 'tokenizer.json', 'tokenizer_config.json']
const blockBytes = 2 ** 20

/**
 * A digest of the files that decide what a model in a folder gives: its descriptions, the named ONNX file and the data
 * files that belong to it (`….onnx_data`). Of their content and not their times, so that a copy has the same. Reads all
 * of them, about a second a gigabyte.
 * @param onnx Name of the file in the folder `onnx`.
 * @throws what the file system throws.
 */
export function digestModel(folder: string, onnx: string): string {
  const weights = readdirSync(join(folder, 'onnx')).filter((name) => name.startsWith(`${onnx}_`))
  const hash = createHash('sha256')
  for (const name of [...descriptions, ...[onnx, ...weights.sort()].map((file) => join('onnx', file))]) {
    hash.update(`\n${name.replaceAll('\\', '/')}:${digestFile(join(folder, name))}`)
  }
  return hash.digest('hex').slice(0, 32)
}

function digestFile(path: string): string {
  const hash = createHash('sha256')
  const block = Buffer.allocUnsafe(blockBytes)
  const file = openSync(path, 'r')
  try {
    for (let length = readSync(file, block); length > 0; length = readSync(file, block)) {
      hash.update(block.subarray(0, length))
    }
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}
