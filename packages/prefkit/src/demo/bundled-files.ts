import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PrefkitError } from '../prefkit-error'

/** The bundled files and the SHA-256 of their bytes; where they come from is in `data/README.md`. */
const digests = {
  'ukpconvarg1/arguments.jsonl.gz': '84ffc5a18cb5b74134c5ac17d5273244a939b1c538275e5fbfd1d282d187e06a',
  'ukpconvarg1/pairs.jsonl.gz': '5985e4e6dae6e5c32844fe4ad33036025a33bca4641611c52029f220d0ac1e19',
  'ukpconvarg1/embeddings.safetensors': 'bfc5c2abfa7540ea8e29819839f8ae88e1b740da4bccf0ae58633761a8925f2f',
  'hh-harmless/test.jsonl.gz': '45ad5b1f8512224bd9f57347be2c1cb91dad4fda135d3f019b4011d58a1f5816',
  'hh-harmless/embeddings.safetensors': '9865cca2d9cdc40e87aba72521bed46e135f0fecbb3f2bd3f810f87639a77f90',
} as const

/** Name of a bundled file. */
export type BundledFile = keyof typeof digests

/** The package's data directory; this module is deeper in the sources than in what is built of them. */
function dataDirectory(): string {
  const candidates = ['../data', '../../data'].map((path) => join(import.meta.dirname, path))
  return candidates.find((directory) => existsSync(directory)) ?? candidates[0]!
}

/**
 * The path of a bundled file, once its bytes are known to be what was published.
 * @throws PrefkitError `DATA_MISSING` or `DATA_CORRUPT`, saying how to get the file back.
 */
export async function bundledFile(name: BundledFile): Promise<string> {
  const path = join(dataDirectory(), name)
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PrefkitError('DATA_MISSING', `${path} is missing: install prefkit again`, { cause })
  })
  if (createHash('sha256').update(bytes).digest('hex') === digests[name]) return path
  throw new PrefkitError('DATA_CORRUPT', `${path} is not the file that was published: install prefkit again`)
}
