import { DatasetError, readJsonLines } from '@prefkit/datasets'
import { RewardModelError } from '../reward-model-error'

/**
 * The texts of a JSON Lines file, plain or gzip, in order: each line a string, or an object whose field `text` is one.
 * Blank lines are passed over.
 * @throws RewardModelError `INVALID_FILE` naming file and line.
 */
export async function readTextList(path: string): Promise<string[]> {
  const texts: string[] = []
  try {
    for await (const { line, value } of readJsonLines(path)) texts.push(textOf(value, `${path}:${line}`))
  } catch (cause) {
    if (!DatasetError.isInstance(cause)) throw cause
    throw new RewardModelError('INVALID_FILE', cause.message, { cause })
  }
  return texts
}

function textOf(value: unknown, place: string): string {
  const text = typeof value === 'object' && value !== null ? (value as { text?: unknown }).text : value
  if (typeof text === 'string') return text
  const got = JSON.stringify(value).slice(0, 100)
  const message = `${place}: expected a string or an object with the string text, got ${got}`
  throw new RewardModelError('INVALID_FILE', message)
}
