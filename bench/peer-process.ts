import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BenchCase } from './cases.ts'
import type { Contender, StepTimes } from './turns.ts'

/** A library that takes the steps, and how to start it. */
export interface PeerCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** The kinds of cases that it has. */
  readonly kinds: readonly BenchCase['kind'][]
  /** Why it cannot run here. */
  readonly missing?: string
}

const here = import.meta.dirname

const tensorKinds = ['training', 'matmul'] as const

const node = (name: string, file: string, kinds: PeerCommand['kinds'] = tensorKinds): PeerCommand => ({
  name,
  kinds,
  command: process.execPath,
  args: [join(here, 'peers', `${file}.ts`)],
  ...(file !== 'prefkit' &&
    !existsSync(join(here, 'node_modules')) && { missing: 'run npm install in bench/' }),
})

/** prefkit, one for each of its backends that is compared; `arrays` is what needs none. */
export const backendCommands = (): PeerCommand[] => [
  node('native', 'prefkit', [...tensorKinds, 'ppo-loss']),
  node('arrays', 'prefkit', ['gae', 'group-relative']),
  node('webasm', 'prefkit-webasm'),
]

/**
 * The libraries that prefkit is compared with, and the trainers whose functions are.
 * @param python A Python that has torch.
 * @param wheels A folder with the trainers' wheels.
 */
export function peerCommands(python: string | undefined, wheels: string | undefined): PeerCommand[] {
  const noTorch = python ? [] : ['--python PATH or PYTHON: one that has torch (requirements.txt)']
  const noWheels = wheels ? [] : ['--wheels FOLDER or PREFKIT_WHEELS: the wheels of verl and TRL (README.md)']
  const inPython = (
    name: string,
    kinds: PeerCommand['kinds'],
    { args, lacks }: { args: readonly string[]; lacks: readonly string[] },
  ): PeerCommand => ({
    name,
    kinds,
    command: python ?? 'python3',
    args: [join(here, 'peers', args[0]!), ...args.slice(1)],
    ...(lacks.length > 0 && { missing: `give ${lacks.join(', ')}` }),
  })
  const pytorch = (name: string, variant: string) =>
    inPython(name, tensorKinds, { args: ['pytorch.py', variant], lacks: noTorch })
  const trainer = (name: string, kinds: PeerCommand['kinds']) =>
    inPython(name, kinds, { args: ['trainers.py', name, wheels ?? ''], lacks: [...noTorch, ...noWheels] })
  return [
    pytorch('pytorch', 'default'),
    pytorch('pytorch-fused', 'fused'),
    node('tfjs', 'tfjs'),
    node('jax-js', 'jax-js'),
    trainer('verl', ['gae', 'group-relative', 'ppo-loss']),
    trainer('verl-vectorized', ['group-relative']),
    trainer('trl', ['ppo-loss']),
  ]
}

/** A running peer, which sleeps unless it is asked for steps. */
export interface RunningPeer extends Contender {
  /** The most memory that its process has had resident, in bytes; undefined where the system does not say. */
  peakMemory(): number | undefined
  stop(): Promise<void>
}

/** Linux says it of every process. */
function peakMemoryOf(pid: number | undefined): number | undefined {
  const status = `/proc/${pid}/status`
  const kibibytes = existsSync(status) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1]
  return kibibytes ? 1024 * Number(kibibytes) : undefined
}

/** Starts a peer and lets it load weights and data. @throws Error with its last words when it fails. */
export async function startPeer<Request extends { readonly threads: number }>(
  peer: Pick<PeerCommand, 'name' | 'command' | 'args'>,
  request: Request,
): Promise<RunningPeer> {
  const threads = String(request.threads)
  const child = spawn(peer.command, [...peer.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, OMP_NUM_THREADS: threads, MKL_NUM_THREADS: threads },
  })
  const ask = createAsker(peer.name, child)
  const { description } = (await ask(request)) as { description: string }
  return {
    name: peer.name,
    description,
    steps: async (steps) => (await ask({ steps })) as StepTimes,
    peakMemory: () => peakMemoryOf(child.pid),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve()
        child.once('close', () => resolve())
        child.stdin!.end()
      }),
  }
}

/** One answer, a line of JSON, for each question. */
function createAsker(name: string, child: ChildProcess): (question: object) => Promise<unknown> {
  let errors = ''
  let settle: { resolve(value: unknown): void; reject(error: Error): void } | undefined
  child.stderr!.on('data', (chunk) => {
    errors = (errors + chunk).slice(-2000)
  })
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.startsWith('{')) settle?.resolve(JSON.parse(line))
  })
  child.stdin!.on('error', () => {})
  child.on('error', (error) => settle?.reject(new Error(`${name}: ${error.message}`)))
  child.on('close', (code) => settle?.reject(new Error(`${name} ended with ${code}: ${errors.trim()}`)))
  return (question) =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject }
      child.stdin!.write(`${JSON.stringify(question)}\n`)
    })
}
