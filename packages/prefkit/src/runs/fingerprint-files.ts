import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { PrefkitError } from '../prefkit-error'

/**
 * SHA-256 of each file's bytes, by path: whether the data of a resumed run are those that it began with.
 * @throws PrefkitError `DATA_MISSING` naming the file.
 */
export async function fingerprintFiles(files: readonly string[]): Promise<Record<string, string>> {
  const digests = await Promise.all(files.map(async (file) => [file, await digestOf(file)] as const))
  return Object.fromEntries(digests)
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const piece of createReadStream(file)) hash.update(piece)
  } catch (cause) {
    throw new PrefkitError('DATA_MISSING', `${file}: could not be read: ${(cause as Error).message}`, {
      cause,
    })
  }
  return hash.digest('hex')
}
