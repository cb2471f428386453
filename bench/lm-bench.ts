// SmolLM2-135M in prefkit against transformers with peft, and against llama.cpp. See README.md.
import { existsSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkLmAgreement } from './lm/agreement.ts'
import { type LmCase, type LmRequest, lmCases, lora, tokensOf } from './lm/cases.ts'
import { makeSequences } from './lm/inputs.ts'
import { type ModelFiles, withModelFiles } from './lm/model-files.ts'
import { type RunningPeer, startPeer } from './peer-process.ts'
import { ratioOf, type Spread, summarize } from './statistics.ts'
import { printTable, range, times } from './table.ts'
import { timeInTurns } from './turns.ts'

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    python: { type: 'string', default: process.env.PYTHON },
    threads: { type: 'string', default: String(cpus().length) },
    bench: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
})
const list = (text: string | undefined): string[] | undefined => text?.split(',')
const effort = { rounds: Number(options.rounds), turnSeconds: Number(options.seconds) }

const path = (file: string) => join(import.meta.dirname, 'peers', file)

/** Who takes part, how it is started, and which of the model's files it reads. */
interface LmPeer {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly kinds: readonly LmCase['kind'][]
  readonly model: (files: ModelFiles) => string
  readonly missing?: string | undefined
}

const runs = ['prefill', 'generation'] as const

const prefkit: LmPeer = {
  name: 'prefkit',
  command: process.execPath,
  args: [path('prefkit-lm.ts')],
  kinds: [...runs, 'lora'],
  model: ({ directory }) => directory,
}

const llamaCpp = (precision: 'f32' | 'f16'): LmPeer => ({
  name: `llama.cpp-${precision}`,
  command: process.execPath,
  args: [path('llama-cpp.ts'), precision.toUpperCase()],
  kinds: runs,
  model: ({ ggufs }) => ggufs[precision],
  missing: existsSync(join(import.meta.dirname, 'node_modules/node-llama-cpp'))
    ? undefined
    : 'run npm install in bench/',
})

const peers: readonly LmPeer[] = [
  {
    name: 'transformers',
    command: options.python ?? 'python3',
    args: [path('transformers_lm.py')],
    kinds: [...runs, 'lora'],
    model: ({ directory }) => directory,
    missing: options.python ? undefined : 'give --python PATH or PYTHON: one that has requirements.txt',
  },
  llamaCpp('f32'),
  llamaCpp('f16'),
]

/** What one did with a case. */
interface Measured {
  readonly name: string
  readonly description: string
  /** Median of the rounds. */
  readonly tokensPerSecond: number
  /** Bytes resident at most, loading included; undefined where the system does not say. */
  readonly peakMemory: number | undefined
}

/** prefkit against one peer. */
interface Comparison {
  readonly bench: string
  readonly threads: number
  readonly peer: string
  readonly target?: number | undefined
  /** Time of the peer's step ÷ time of prefkit's. */
  readonly ratio?: Spread
  readonly ours?: Measured
  readonly theirs?: Measured
  readonly agreement?: string
  /** Why there is no ratio. */
  readonly skipped?: string | undefined
}

function measured(spec: LmCase, peer: RunningPeer, seconds: readonly number[]): Measured {
  const rates = seconds.map((each) => tokensOf(spec) / each)
  const { name, description } = peer
  return { name, description, tokensPerSecond: summarize(rates).median, peakMemory: peer.peakMemory() }
}

async function runCase(spec: LmCase, threads: number, files: ModelFiles): Promise<Comparison[]> {
  const base = { bench: spec.name, threads }
  const chosen = peers.filter(
    ({ name, kinds }) => kinds.includes(spec.kind) && (list(options.peers)?.includes(name) ?? true),
  )
  const skipped = chosen.filter(({ missing }) => missing)
  const able = chosen.filter(({ missing }) => !missing)
  const request = (peer: LmPeer): LmRequest => ({
    ...spec,
    threads,
    model: peer.model(files),
    // A checkpoint without a tokeniser has been refused before.
    sequences: makeSequences(files.checkpoint.tokenizer!, spec.sequences, spec.tokens),
    promptTokens: spec.tokens / 2,
    adapter: files.adapter,
    learningRate: lora.learningRate,
    weightDecay: lora.weightDecay,
  })
  const running: RunningPeer[] = []
  try {
    for (const peer of [prefkit, ...able]) running.push(await startPeer(peer, request(peer)))
    const [ours, ...theirs] = running as [RunningPeer, ...RunningPeer[]]
    const agreements = await checkLmAgreement(spec, ours, theirs)
    const [our, ...their] = await timeInTurns(running, effort)
    const own = measured(spec, ours, our!)
    return [
      ...theirs.map((peer, i) => ({
        ...base,
        peer: peer.name,
        target: spec.targets[peer.name],
        ratio: ratioOf(their[i]!, our!),
        ours: own,
        theirs: measured(spec, peer, their[i]!),
        agreement: agreements[i]!,
      })),
      ...skipped.map(({ name, missing }) => ({ ...base, peer: name, skipped: missing })),
    ]
  } finally {
    await Promise.all(running.map((one) => one.stop()))
  }
}

const memory = (bytes: number | undefined): string =>
  bytes === undefined ? '' : `${(bytes / 2 ** 20).toFixed(0)} MiB`
const rate = ({ tokensPerSecond }: Measured): string => tokensPerSecond.toPrecision(3)

function rowOf({ bench, threads, peer, ratio, target, ours, theirs, ...rest }: Comparison): string[] {
  const head = [bench, String(threads), peer]
  if (!ratio || !ours || !theirs) return [...head, 'skipped', '', '', '', '', '', '', rest.skipped ?? '']
  const verdict = target === undefined ? '' : `${times(target)} ${ratio.median >= target ? 'met' : 'missed'}`
  const numbers = [rate(ours), rate(theirs), memory(ours.peakMemory), memory(theirs.peakMemory)]
  return [...head, times(ratio.median), range(ratio), verdict, ...numbers, rest.agreement ?? '']
}

async function runAll(model: string): Promise<Comparison[]> {
  const results: Comparison[] = []
  await withModelFiles(model, async (files) => {
    for (const spec of lmCases.filter(({ name }) => list(options.bench)?.includes(name) ?? true))
      for (const threads of list(options.threads)!.map(Number)) {
        console.error(`${spec.name}, ${threads} thread(s), load ${loadavg()[0]!.toFixed(1)} …`)
        const found = await runCase(spec, threads, files)
        for (const one of found) console.error(`  ${rowOf(one).slice(2, 9).join('  ')}`)
        results.push(...found)
      }
  })
  return results
}

if (!options.model) throw new Error('--model: expected a directory or a GGUF of SmolLM2-135M; see README.md')
const before = loadavg()[0]!
const results = await runAll(options.model)
const load = [before, loadavg()[0]!]
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, load }
if (options.json) console.log(JSON.stringify({ machine, effort, results }, null, 2))
else {
  const numbers = ['prefkit tokens/s', 'peer tokens/s', 'prefkit peak', 'peer peak']
  printTable([
    ['bench', 'threads', 'peer', 'prefkit is', 'rounds', 'target', ...numbers, ''],
    ...results.map(rowOf),
  ])
  console.log(`\nN×: N times the peer's throughput, median of ${effort.rounds} rounds, and all rounds.`)
  console.log(
    `${machine.cpu}, ${machine.cores} cores, load ${load.map((l) => l.toFixed(1)).join(' before, ')} after.`,
  )
}
