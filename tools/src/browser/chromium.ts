import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { npmChromium } from './npm-chromium.ts'

/** A Chromium that can be started. */
export interface Chromium {
  readonly executablePath: string
  /** What its processes need in their environment beside what is there. */
  readonly env: Readonly<Record<string, string>>
  /** Where it comes from, for people. */
  readonly source: string
}

/** A place where one may be; or why there is none. */
type Candidate = () => Promise<Chromium | string>

/** What Chromium is called where it is installed for all. */
const commonNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

async function onPath(): Promise<Chromium | string> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const files = commonNames.flatMap((name) => folders.map((folder) => join(folder, name)))
  const executablePath = files.find((file) => existsSync(file))
  if (!executablePath) return `none of ${commonNames.join(', ')} is on the PATH`
  return { executablePath, env: {}, source: executablePath }
}

/** The same Chromium with its version, or why it does not start. */
async function started(chromium: Chromium): Promise<Chromium | string> {
  const { executablePath, env, source } = chromium
  try {
    const { stdout } = await promisify(execFile)(executablePath, ['--version'], {
      env: { ...process.env, ...env },
    })
    return { ...chromium, source: `${stdout.trim()} (${source})` }
  } catch (error) {
    return `${source} does not start: ${error instanceof Error ? error.message.trim() : error}`
  }
}

/**
 * The Chromium that tests run in: the one that CHROMIUM_PATH names, else npm's, else the first of the usual names on the
 * PATH; or why there is none.
 * @throws Error when the one that CHROMIUM_PATH names does not start.
 */
export async function findChromium(): Promise<Chromium | string> {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    const found = await started({ executablePath: given, env: {}, source: given })
    if (typeof found === 'string') throw new Error(`CHROMIUM_PATH: expected a Chromium, and ${found}`)
    return found
  }
  const candidates: readonly Candidate[] = [npmChromium, onPath]
  const reasons: string[] = []
  for (const candidate of candidates) {
    const chromium = await candidate()
    const found = typeof chromium === 'string' ? chromium : await started(chromium)
    if (typeof found !== 'string') return found
    reasons.push(found)
  }
  return reasons.join('; ')
}
