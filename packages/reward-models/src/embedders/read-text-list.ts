import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { RewardModelError } from '../reward-model-error'

/**
 * The texts of a JSON Lines file, in order: each line a string, or an object whose field `text` is one. Blank lines are
 * passed over.
 * @throws RewardModelError `INVALID_FILE` naming file and line.
 */
export async function readTextList(path: string): Promise<string[]> {
  const texts: string[] = []
  let line = 0
  try {
    for await (const content of createInterface({
      input: createReadStream(path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line++
      if (content.trim() !== '') texts.push(parseText(content))
    }
  } catch (cause) {
    const place = line > 0 ? `${path}:${line}` : path
    throw new RewardModelError('INVALID_FILE', `${place}: ${(cause as Error).message}`, { cause })
  }
  return texts
}

function parseText(line: string): string {
  const value: unknown = JSON.parse(line)
  const text = typeof value === 'object' && value !== null ? (value as { text?: unknown }).text : value
  if (typeof text === 'string') return text
  throw new Error(`expected a string or an object with the string text, got ${line.slice(0, 100)}`)
}
