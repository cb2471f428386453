import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What tells a cell of a grid, or an artefact, from the others: JSON. */
export type Settings = Readonly<Record<string, unknown>>

/** Settings in one spelling, whatever the order of their keys. */
export const keyOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )

/** A cell of a grid that is done. */
export interface CellResult<Value = unknown> {
  readonly settings: Settings
  readonly value: Value
  /** Of processor time, on all cores together, artefacts that it had to make left out. */
  readonly cpuSeconds: number
}

/** Where results and artefacts are kept, so that nothing is done twice. */
export interface Store {
  /** What a cell comes to: read, or worked out and written. */
  cell<Value>(experiment: string, settings: Settings, work: () => Promise<Value>): Promise<CellResult<Value>>
  /**
   * The path of what several cells use, made once.
   * @param make writes a file or a folder at a path, which is moved where it belongs when it is whole.
   */
  artefact(name: string, settings: Settings, make: (path: string) => Promise<void>): Promise<string>
  /** Processor seconds of artefacts by name, of all that were ever made here. */
  artefactSeconds(): Promise<Readonly<Record<string, number>>>
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Lines of JSON; a last one that a kill has cut is left out. */
export async function readLines<Line>(path: string): Promise<Line[]> {
  if (!existsSync(path)) return []
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1)
  // Written by this program alone.
  return lines.map((line) => JSON.parse(line) as Line)
}

async function append(path: string, line: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const text = existsSync(path) ? await readFile(path, 'utf8') : ''
  // What a kill has cut goes before anything is written behind it.
  if (text !== '' && !text.endsWith('\n')) await writeFile(path, text.slice(0, text.lastIndexOf('\n') + 1))
  await appendFile(path, `${JSON.stringify(line)}\n`)
}

export function openStore(folder: string, log: (line: string) => void): Store {
  const artefactsFile = join(folder, 'artefacts.jsonl')
  // Artefacts that a cell waits for are not its own work.
  let elsewhere = 0
  return {
    async cell<Value>(experiment: string, settings: Settings, work: () => Promise<Value>) {
      const path = join(folder, 'results', `${experiment}.jsonl`)
      const lines = await readLines<CellResult<Value>>(path)
      const known = lines.find((line) => keyOf(line.settings) === keyOf(settings))
      if (known) return known
      const [started, apart] = [cpuSeconds(), elsewhere]
      const value = await work()
      const seconds = cpuSeconds() - started - (elsewhere - apart)
      const result = { settings, value, cpuSeconds: Math.round(seconds * 10) / 10 }
      await append(path, result)
      log(`${experiment} ${keyOf(settings).slice(0, 160)}: ${result.cpuSeconds} s`)
      return result
    },
    async artefact(name, settings, make) {
      const hash = createHash('sha256').update(keyOf(settings)).digest('hex').slice(0, 16)
      const path = join(folder, 'artefacts', `${name}-${hash}`)
      if (existsSync(path)) return path
      const [started, apart] = [cpuSeconds(), elsewhere]
      const unfinished = `${path}.part`
      await rm(unfinished, { recursive: true, force: true })
      await mkdir(dirname(path), { recursive: true })
      await make(unfinished)
      const own = cpuSeconds() - started - (elsewhere - apart)
      elsewhere += own
      await append(artefactsFile, { name, settings, cpuSeconds: Math.round(own * 10) / 10 })
      await rename(unfinished, path)
      log(`${name}: ${own.toFixed(1)} s`)
      return path
    },
    async artefactSeconds() {
      const lines = await readLines<{ name: string; cpuSeconds: number }>(artefactsFile)
      const names = [...new Set(lines.map(({ name }) => name))]
      const sumOf = (name: string): number =>
        lines.reduce((sum, line) => sum + (line.name === name ? line.cpuSeconds : 0), 0)
      return Object.fromEntries(names.map((name) => [name, sumOf(name)]))
    },
  }
}
