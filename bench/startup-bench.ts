import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Comparison } from './case-bench.ts'
import { summarize } from './statistics.ts'

const cli = join(import.meta.dirname, '..', 'packages', 'prefkit', 'dist', 'cli', 'index.js')

/** Most time that `prefkit --help` may take, in starts of Node. */
const limit = 3

/** Time of `prefkit --help` ÷ time of `node -e 0`, started in turns. */
export function benchStartup(rounds: number): Comparison {
  const base = { bench: 'start', threads: 1, backend: '', peer: 'node -e 0', target: 1 / limit }
  if (!existsSync(cli)) return { ...base, skipped: `${cli} is not built` }
  const ratios = Array.from({ length: 2 * rounds + 1 }, () => start(['-e', '0']) / start([cli, '--help']))
  // The first start reads files that later ones find in memory.
  return { ...base, description: `Node ${process.version}`, ratio: summarize(ratios.slice(1)) }
}

/** Milliseconds from start to end. @throws Error when the command fails. */
function start(args: readonly string[]): number {
  const from = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const took = performance.now() - from
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`)
  return took
}
