// prefkit against other libraries, as ratios of times measured in turns in one run. See README.md.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { trainingCases } from './cases.ts'
import { peerCommands } from './peer-process.ts'
import { benchStartup } from './startup-bench.ts'
import { benchTraining, type Comparison } from './training-bench.ts'

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON },
    threads: { type: 'string', default: cpus().length > 1 ? `${cpus().length},1` : '1' },
    bench: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})

const list = (text: string | undefined): string[] | undefined => text?.split(',')
const benches = list(options.bench)
const named = list(options.peers)
const rounds = Number(options.rounds)
const effort = { rounds, turnSeconds: Number(options.seconds) }
const note = (text: string) => console.error(text)

async function runAll(): Promise<Comparison[]> {
  const results: Comparison[] = []
  const [prefkit, ...others] = peerCommands(options.python)
  for (const spec of trainingCases.filter(({ name }) => benches?.includes(name) ?? true)) {
    const peers = others
      .filter(({ name }) => named?.includes(name) ?? true)
      .map((peer) => ({ missing: named ? undefined : spec.leftOut?.[peer.name], ...peer }))
    for (const threads of list(options.threads)!.map(Number)) {
      note(`${spec.name}, ${threads} thread(s), load ${loadavg()[0]!.toFixed(1)} …`)
      results.push(...(await benchTraining(spec, threads, [prefkit!, ...peers], effort)))
    }
  }
  return benches && !benches.includes('start') ? results : [...results, benchStartup(rounds)]
}

const times = (value: number): string => `${value.toFixed(2)}×`

function rowOf({ bench, threads, peer, ratio, target, lossDifference, skipped }: Comparison): string[] {
  const head = [bench, String(threads), peer]
  if (!ratio) return [...head, 'skipped', '', '', skipped ?? '']
  const verdict = target === undefined ? '' : `${times(target)} ${ratio.median >= target ? 'met' : 'missed'}`
  const losses = lossDifference === undefined ? '' : `losses within ${lossDifference.toExponential(0)}`
  return [...head, times(ratio.median), `${times(ratio.least)} to ${times(ratio.most)}`, verdict, losses]
}

function printTable(results: readonly Comparison[]): void {
  const header = ['bench', 'threads', 'peer', 'prefkit is', 'rounds', 'target', '']
  const rows = [header, ...results.map(rowOf)]
  const widths = header.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
}

const before = loadavg()[0]!
const results = await runAll()
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  node: process.version,
  load: [before, loadavg()[0]!],
}
if (options.json) console.log(JSON.stringify({ machine, effort, results }, null, 2))
else {
  printTable(results)
  console.log(`\nN×: N times the peer's throughput, median of ${rounds} rounds, and all rounds.`)
  console.log(
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load.map((l) => l.toFixed(1)).join(' before, ')} after.`,
  )
}
