import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ExampleError } from './example-error.ts'
import type { Setting, SettingResult } from './run-setting.ts'

/** The results of a folder, which outlive the process. */
export interface Results {
  find(setting: Setting): SettingResult | undefined
  /** Appends one line. */
  add(result: SettingResult): Promise<void>
}

const keyOf = ({ beta, annotations, pairing, objective, replicate }: Setting): string =>
  JSON.stringify([beta, annotations, pairing, objective, replicate])

/**
 * Opens `results.jsonl` of a folder. What all its settings share is kept in `config.json`.
 * A line cut short by a kill is dropped.
 * @throws ExampleError `BAD_RESULTS` when the folder's results come from another configuration, naming what differs.
 */
export async function openResults(
  folder: string,
  config: Readonly<Record<string, unknown>>,
): Promise<Results> {
  await mkdir(folder, { recursive: true })
  await checkConfig(join(folder, 'config.json'), config)
  const path = join(folder, 'results.jsonl')
  const bytes = await readOptional(path)
  const end = bytes.lastIndexOf('\n') + 1
  if (end < bytes.length) await truncate(path, end)
  const known = new Map<string, SettingResult>()
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1)
  for (const [at, line] of lines.entries()) {
    const result = parseJson(line, `${path}:${at + 1}`) as SettingResult
    known.set(keyOf(result), result)
  }
  return {
    find: (setting) => known.get(keyOf(setting)),
    async add(result) {
      await appendFile(path, `${JSON.stringify(result)}\n`)
      known.set(keyOf(result), result)
    },
  }
}

/** Replaces a file whole, or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  await writeFile(temporary, text)
  await rename(temporary, path)
}

async function checkConfig(path: string, config: Readonly<Record<string, unknown>>): Promise<void> {
  const text = (await readOptional(path)).toString()
  if (text === '') return writeWhole(path, `${JSON.stringify(config, null, 2)}\n`)
  const before = parseJson(text, path) as Record<string, unknown>
  const now = JSON.parse(JSON.stringify(config)) as Record<string, unknown>
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  const differing = names.filter((name) => !isDeepStrictEqual(before[name], now[name]))
  if (differing.length === 0) return
  const message = `${path} has other values of ${differing.join(', ')}; choose another --out`
  throw new ExampleError('BAD_RESULTS', message)
}

const readOptional = (path: string): Promise<Buffer> =>
  readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ExampleError('BAD_RESULTS', `${place}: no valid JSON: ${(cause as Error).message}`, { cause })
  }
}
