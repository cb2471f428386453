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
  'hh-harmless/embeddings.safetensors': 'cc3919d393cfff60d20e06aebbcca71e67011717210d9894a20173e26556b327',
  'stories260k/prompts.jsonl': '72ddb0e21f96013a72ee5d81f04552a7de1e5d92ef1e3e1326d9562cd4ec8fc3',
  'stories260k/held-out.jsonl': '8f3cc3025d9c45100ba79ce9573d98321d130f8394d85d6cdc87a027f7809dc2',
  'stories260k/warm-stories.mjs': 'b699ca8f986df5b88e40459d87a64ae19d6ca828821ca2cee623475c54e011a3',
  'stories260k/stories260K.bin': 'b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696',
  'stories260k/tok512.bin': '037cb335abb25d1fa9e8ecae30ed2a3a8ace9302862ebcdc05d51a6bbb10c312',
} as const

/** Name of a bundled file. */
export type BundledFile = keyof typeof digests

/** Where bundled files may lie beside this module, which is deeper in the sources than in what is built of them. */
const places: readonly ((name: BundledFile) => string)[] = [
  (name) => join('../data', name),
  (name) => join('../../data', name),
  // The model is in the repository once, where @prefkit/lm proves itself on it; the build puts it beside this module.
  (name) => name,
  (name) => join('..', name),
  (name) => name.replace(/^stories260k/, '../../../lm/src/goldens'),
]

/**
 * The path of a bundled file, once its bytes are known to be what was published.
 * @throws PrefkitError `DATA_MISSING` or `DATA_CORRUPT`, saying how to get the file back.
 */
export async function bundledFile(name: BundledFile): Promise<string> {
  const candidates = places.map((place) => join(import.meta.dirname, place(name)))
  const path = candidates.find((candidate) => existsSync(candidate)) ?? candidates[0]!
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PrefkitError('DATA_MISSING', `${path} is missing: install prefkit again`, { cause })
  })
  if (createHash('sha256').update(bytes).digest('hex') === digests[name]) return path
  throw new PrefkitError('DATA_CORRUPT', `${path} is not the file that was published: install prefkit again`)
}
