import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const hooks = join(import.meta.dirname, '../../../../../tools/on-sources.mjs')

/** Starts a program of this folder, on the sources, as a process of its own. */
export const startProgram = (name: string, args: readonly string[]): ChildProcess =>
  spawn(process.execPath, ['--import', hooks, join(import.meta.dirname, name), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Waits for a process that was just started. */
export async function untilEnd(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
