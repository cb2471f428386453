// One iteration of GRPO and of PPO of SmolLM2-135M with LoRA: prefkit against TRL. See README.md.
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type LoopCase,
  type LoopRecord,
  type LoopRequest,
  loopCases,
  loopPrompts,
  settings,
} from './loop/cases.ts'
import { type LoopFiles, withLoopFiles } from './loop/model-files.ts'
import { type RunningPeer, startPeer } from './peer-process.ts'
import { ratioOf, type Spread, summarize } from './statistics.ts'
import { printTable, range, times } from './table.ts'
import { timeInTurns } from './turns.ts'

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    python: { type: 'string', default: process.env.PYTHON },
    wheels: { type: 'string', default: process.env.PREFKIT_WHEELS },
    threads: { type: 'string', default: String(cpus().length) },
    bench: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
const list = (text: string | undefined): string[] | undefined => text?.split(',')
const path = (file: string) => join(import.meta.dirname, 'peers', file)
/** A turn is one iteration. */
const effort = { rounds: Number(options.rounds), turnSeconds: 1 }

/** Who takes part, and in which cases. */
interface LoopPeer {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly kinds: readonly LoopCase['name'][]
  /** Activations are computed again in the backward pass. */
  readonly checkpointing: boolean
}

const prefkit: LoopPeer = {
  name: 'prefkit',
  command: process.execPath,
  args: [path('prefkit-loop.ts')],
  kinds: ['grpo', 'ppo'],
  checkpointing: false,
}

const trl = (name: string, kinds: LoopPeer['kinds'], checkpointing: boolean): LoopPeer => {
  return { name, kinds, checkpointing, command: options.python ?? 'python3', args: [path('trl_loop.py')] }
}

// As it comes first. PPO's trainer has no say in what is kept.
const peers = [trl('trl', ['grpo', 'ppo'], true), trl('trl-kept', ['grpo'], false)]

/** What one did. */
interface Measured {
  readonly name: string
  readonly description: string
  /** Of an iteration, the median of the rounds. */
  readonly seconds: number
  /** Of the last, in drawing responses. */
  readonly generate: number
  /** Bytes resident at most, loading included; undefined where the system does not say. */
  readonly peakMemory: number | undefined
}

/** prefkit against one peer. */
interface Comparison {
  readonly bench: string
  readonly threads: number
  readonly peer: string
  /** Time of the peer's iteration ÷ time of prefkit's. */
  readonly ratio: Spread
  readonly ours: Measured
  readonly theirs: Measured
  readonly agreement: string
}

const recordAt = (file: string): LoopRecord => JSON.parse(readFileSync(file, 'utf8')).at(-1)

/**
 * Relative difference allowed between norms of gradients, and absolute between losses, whose terms are about 1 and cancel: f32
 * sums in another order differ by 1e-6.
 */
const tolerance = 1e-4

/** Compares what the same responses came to. @throws Error when the work is not the same. */
function compare(theirs: LoopRecord, ours: LoopRecord): string {
  const tokens = ({ prompts, completions }: LoopRecord) =>
    [prompts, completions].map((all) => all.reduce((sum, { length }) => sum + length, 0))
  const norm = Math.abs(ours.gradNorm / theirs.gradNorm - 1)
  const loss = Math.abs(ours.loss - theirs.loss)
  if (`${tokens(ours)}` === `${tokens(theirs)}` && norm <= tolerance && loss <= tolerance)
    return `gradient's norm within ${norm.toExponential(0)}, loss within ${loss.toExponential(0)}`
  const told = [theirs, ours].map(
    (each) => `${tokens(each)} tokens, norm ${each.gradNorm}, loss ${each.loss}`,
  )
  throw new Error(`the work is not the same: ${told.join('; ')}`)
}

async function runCase(spec: LoopCase, threads: number, files: LoopFiles): Promise<Comparison[]> {
  const chosen = peers.filter(
    ({ name, kinds }) => kinds.includes(spec.name) && (list(options.peers)?.includes(name) ?? true),
  )
  const record = (name: string) => join(files.folder, `${spec.name}-${name}.json`)
  const request = ({ name, checkpointing }: LoopPeer): LoopRequest => ({
    ...settings,
    ...{ kind: spec.name, klCoefficient: spec.klCoefficient, threads, checkpointing, headWeight: 0.02 },
    ...{ model: files.model, adapter: files.adapters[spec.name], wheels: options.wheels ?? '' },
    ...{ prompts: loopPrompts, record: record(name) },
    ...(name === 'prefkit' && { replay: record(chosen[0]!.name) }),
  })
  const running: RunningPeer[] = []
  try {
    for (const peer of chosen) {
      const one = await startPeer(peer, request(peer))
      running.push(one)
      await one.steps(1)
    }
    const ours = await startPeer(prefkit, request(prefkit))
    running.push(ours)
    await ours.steps(1)
    // All draw the same from the same seed, so one of them stands for all.
    const agreement = compare(recordAt(record(chosen[0]!.name)), recordAt(record('prefkit')))
    const taken = await timeInTurns(running, effort)
    const [own, ...all] = [
      ...running.map((peer, i) => measured(peer, taken[i]!, record(peer.name))),
    ].reverse()
    return all.reverse().map((theirs, i) => ({
      ...{ bench: spec.name, threads, peer: theirs.name, ours: own!, theirs, agreement },
      ratio: ratioOf(taken[i]!, taken.at(-1)!),
    }))
  } finally {
    await Promise.all(running.map((one) => one.stop()))
  }
}

function measured(peer: RunningPeer, seconds: readonly number[], record: string): Measured {
  const { name, description } = peer
  const { generate } = recordAt(record)
  return { name, description, seconds: summarize(seconds).median, generate, peakMemory: peer.peakMemory() }
}

const memory = (bytes: number | undefined): string =>
  bytes === undefined ? '' : (bytes / 2 ** 20).toFixed(0)

function rowOf({ bench, threads, peer, ratio, ours, theirs, agreement }: Comparison): string[] {
  const both = (tell: (one: Measured) => string) => `${tell(ours)}, ${tell(theirs)}`
  const verdict = ratio.median >= 1 ? 'met' : 'missed'
  return [
    ...[bench, String(threads), peer, times(ratio.median), range(ratio), verdict],
    ...[both(({ seconds }) => seconds.toFixed(1)), both(({ generate }) => generate.toFixed(1))],
    ...[both(({ peakMemory }) => memory(peakMemory)), agreement],
  ]
}

if (!options.model) throw new Error('--model: expected a directory or a GGUF of SmolLM2-135M; see README.md')
if (!options.python)
  throw new Error('--python: expected a Python that has requirements-trl.txt; see README.md')
if (!options.wheels) throw new Error("--wheels: expected a folder with TRL's wheels; see README.md")
const before = loadavg()[0]!
const results = await withLoopFiles(options.model, async (files) => {
  const found: Comparison[] = []
  for (const spec of loopCases.filter(({ name }) => list(options.bench)?.includes(name) ?? true))
    for (const threads of list(options.threads)!.map(Number)) {
      console.error(`${spec.name}, ${threads} thread(s), load ${loadavg()[0]!.toFixed(1)} …`)
      found.push(...(await runCase(spec, threads, files)))
    }
  return found
})
const load = [before, loadavg()[0]!]
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load }
if (options.json) console.log(JSON.stringify({ machine, effort, results }, null, 2))
else {
  const numbers = ['s', 'of which generation', 'peak, MiB']
  printTable([
    ['bench', 'threads', 'peer', 'prefkit is', 'rounds', '1×', ...numbers, ''],
    ...results.map(rowOf),
  ])
  console.log(
    "\nN×: the peer's time ÷ prefkit's, median of the rounds, and all rounds; then prefkit's and the peer's.",
  )
  console.log(
    `${machine.cpu}, ${machine.cores} cores, load ${load.map((l) => l.toFixed(1)).join(' before, ')} after.`,
  )
}
