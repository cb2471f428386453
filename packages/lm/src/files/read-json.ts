import { readFile } from 'node:fs/promises'
import { LmError } from '../lm-error'

/** The text of a file; undefined when there is no such file. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new LmError('READ_FAILED', `${path}: could not be read: ${(cause as Error).message}`, { cause })
  }
}

/** What a JSON file holds; undefined when there is no such file. */
export async function readJsonIfThere(path: string): Promise<unknown> {
  const text = await readTextIfThere(path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const problem = `expected JSON: ${(cause as Error).message.slice(0, 200)}`
    throw new LmError('INVALID_FILE', `${path}: ${problem}`, { cause })
  }
}
