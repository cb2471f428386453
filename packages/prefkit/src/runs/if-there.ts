import { PrefkitError } from '../prefkit-error'

/**
 * What reading gives, or undefined where there is nothing to be read.
 * @throws PrefkitError `DATA_CORRUPT` for what is there and cannot be read: taken for nothing, it would be written over.
 */
export async function ifThere<Result>(
  path: string,
  read: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await read()
  } catch (cause) {
    // Errors of the file system alone have such codes.
    const { code, message, syscall } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (syscall === undefined) throw cause
    throw new PrefkitError('DATA_CORRUPT', `${path}: could not be read: ${message}`, { cause })
  }
}
