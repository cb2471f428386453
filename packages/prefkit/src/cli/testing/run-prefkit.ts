import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const hooks = join(import.meta.dirname, '../../../../../tools/on-sources.mjs')
const program = ['--import', hooks, join(import.meta.dirname, '../index.ts')]

/** Runs the command line in a folder, as a process on the sources. */
export function runPrefkit(
  cwd: string,
  args: readonly string[],
  input = '',
  environment: Readonly<Record<string, string>> = {},
) {
  const env = { ...process.env, ...environment }
  const settings = { cwd, encoding: 'utf8', input, env } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...args], settings)
  return { status, stdout, stderr }
}

/** Starts the command line in a folder; its standard input is empty, or stays open. */
export const startPrefkit = (
  cwd: string,
  args: readonly string[],
  stdin: 'ignore' | 'pipe' = 'ignore',
): ChildProcess => spawn(process.execPath, [...program, ...args], { cwd, stdio: [stdin, 'pipe', 'pipe'] })

/** Runs the command line in a folder while this process goes on, such as with a server that it asks. */
export async function runPrefkitBeside(
  cwd: string,
  args: readonly string[],
  { input, environment = {} }: { input?: string; environment?: Readonly<Record<string, string>> } = {},
) {
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, [...program, ...args], { cwd, env })
  child.stdin.end(input ?? '')
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  return { status, stdout, stderr }
}

/** Runs the command line where no file can be larger than so many blocks of 512 bytes. */
export function runLimited(cwd: string, blocks: number, args: readonly string[]) {
  const script = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`
  const all = ['-c', script, process.execPath, ...program, ...args]
  const { status, stdout, stderr } = spawnSync('sh', all, { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** JSON Lines in which the response with the word "good" is chosen, shorter or longer; two for each prompt. */
export function comparisonLines(count: number): string {
  return Array.from({ length: count }, (_, i) => {
    const chosen = `${'good '.repeat(2 + ((i * 7) % 5))} answer ${i}`
    return `${JSON.stringify({ prompt: `question ${i >> 1}`, chosen, rejected: `bad answer ${i}` })}\n`
  }).join('')
}
