import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Outcome, Plan } from './plan.ts'

const path = (name: string) => join(import.meta.dirname, name)

/** What a stub server got since it was last told to forget. */
export interface Counts {
  readonly requests: number
  readonly answered: number
  /** Different bodies. */
  readonly bodies: number
}

/** A server in a process of its own. */
export interface StubServer {
  readonly url: string
  readonly counts: () => Promise<Counts>
  readonly forget: () => Promise<void>
  readonly stop: () => void
}

/** Starts a server with so many slots, each of which takes from `least` to `most` milliseconds for an answer. */
export async function startStub(slots: number, least: number, most: number): Promise<StubServer> {
  const args = [path('stub-server.ts'), `${slots}`, `${least}`, `${most}`]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    child.once('exit', () => reject(new Error('the stub server did not start')))
  })
  const origin = `http://127.0.0.1:${port}`
  return {
    url: `${origin}/v1`,
    counts: async () => (await fetch(origin)).json() as Promise<Counts>,
    forget: async () => void (await fetch(origin, { method: 'DELETE' }).then((response) => response.text())),
    stop: () => void child.kill(),
  }
}

export type Program = 'raw-requests.ts' | 'judge-run.ts'

/** Starts a program of this folder; its outcome rejects when it does not end well. */
export function start(program: Program, plan: Plan, flags: readonly string[] = []) {
  const args = [...flags, path(program), JSON.stringify(plan)]
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const outcome = new Promise<Outcome>((resolve, reject) => {
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    child.once('close', (code, signal) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${program} ended with ${signal ?? code}`)),
    )
  })
  outcome.catch(() => {})
  return { child, outcome }
}
