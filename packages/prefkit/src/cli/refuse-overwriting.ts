import { stat } from 'node:fs/promises'
import { PrefkitError } from '../prefkit-error'

/**
 * Refuses to write over a file that is read, by whatever name.
 * @throws PrefkitError `INVALID_CONFIG` naming both.
 */
export async function refuseOverwriting(out: string, inputs: readonly string[]): Promise<void> {
  const identity = async (path: string) => {
    const found = await stat(path).catch(() => undefined)
    return found && `${found.dev}:${found.ino}`
  }
  const own = await identity(out)
  if (own === undefined) return
  for (const input of inputs) {
    if ((await identity(input)) !== own) continue
    const message = `--out: expected a file other than those that are read, got ${out}, which is ${input}`
    throw new PrefkitError('INVALID_CONFIG', message)
  }
}
