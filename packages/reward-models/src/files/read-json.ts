import { readFile } from 'node:fs/promises'
import { RewardModelError } from '../reward-model-error'

/** An object of JSON, of which nothing more is known. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads a JSON file that says what it is: `format` must be the expected one, `version` one that this release knows.
 * @throws RewardModelError `INVALID_MODEL` when it is missing, no JSON or of another format; `NEWER_VERSION` when it was
 *   written by a later release.
 */
export async function readVersioned(path: string, format: string, version: number): Promise<JsonObject> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new RewardModelError('INVALID_MODEL', `${path}: could not be read: ${cause.message}`, { cause })
  })
  const content = parseObject(path, text)
  if (content.format !== format) {
    const found = JSON.stringify(content.format) ?? 'no format'
    throw new RewardModelError('INVALID_MODEL', `${path}: expected format "${format}", got ${found}`)
  }
  if (!Number.isInteger(content.version) || (content.version as number) < 1) {
    const found = JSON.stringify(content.version) ?? 'none'
    throw new RewardModelError('INVALID_MODEL', `${path}: version: expected a whole number ≥ 1, got ${found}`)
  }
  if ((content.version as number) > version) {
    const message = `${path}: written as version ${content.version}; this release reads up to version ${version}`
    throw new RewardModelError('NEWER_VERSION', `${message}: update prefkit`)
  }
  return content
}

function parseObject(path: string, text: string): JsonObject {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    const message = `${path}: is no JSON: ${(cause as Error).message}`
    throw new RewardModelError('INVALID_MODEL', message, { cause })
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as JsonObject
  throw new RewardModelError('INVALID_MODEL', `${path}: expected a JSON object`)
}
