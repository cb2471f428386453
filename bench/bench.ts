// prefkit against other libraries in Node, as ratios of times measured in turns in one run. See README.md.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { benchCase, type Comparison } from './case-bench.ts'
import { type BenchCase, matmulCases, policyCases, trainingCases } from './cases.ts'
import { backendCommands, peerCommands } from './peer-process.ts'
import { benchStartup } from './startup-bench.ts'
import { printTable, range, times } from './table.ts'

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.PYTHON },
    wheels: { type: 'string', default: process.env.PREFKIT_WHEELS },
    threads: { type: 'string', default: cpus().length > 1 ? `${cpus().length},1` : '1' },
    bench: { type: 'string' },
    peers: { type: 'string' },
    backends: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})

const list = (text: string | undefined): string[] | undefined => text?.split(',')
const benches = list(options.bench)
const named = list(options.peers)
const backends = list(options.backends)
const rounds = Number(options.rounds)
const effort = { rounds, turnSeconds: Number(options.seconds) }
const note = (text: string) => console.error(text)

async function runCase(spec: BenchCase): Promise<Comparison[]> {
  const results: Comparison[] = []
  const knows = ({ kinds }: { kinds: readonly BenchCase['kind'][] }) => kinds.includes(spec.kind)
  const peers = peerCommands(options.python, options.wheels)
    .filter((peer) => knows(peer) && (named?.includes(peer.name) ?? true))
    .map((peer) => ({ missing: named ? undefined : spec.leftOut?.[peer.name], ...peer }))
  const compared = backends ?? spec.backends ?? ['native']
  for (const backend of backendCommands().filter((one) => knows(one) && compared.includes(one.name)))
    for (const threads of list(options.threads)!.map(Number)) {
      const load = loadavg()[0]!.toFixed(1)
      note(`${spec.name}, ${backend.name}, ${threads} thread(s), load ${load} …`)
      results.push(...(await benchCase(spec, threads, [backend, ...peers], effort)))
    }
  return results
}

async function runAll(): Promise<Comparison[]> {
  const results: Comparison[] = []
  for (const spec of [...trainingCases, ...matmulCases, ...policyCases])
    if (benches?.includes(spec.name) ?? true) results.push(...(await runCase(spec)))
  return benches && !benches.includes('start') ? results : [...results, benchStartup(rounds)]
}

function rowOf(comparison: Comparison): string[] {
  const { bench, backend, threads, peer, ratio, target, difference, skipped } = comparison
  const head = [bench, backend, String(threads), peer]
  if (!ratio) return [...head, 'skipped', '', '', skipped ?? '']
  const verdict = target === undefined ? '' : `${times(target)} ${ratio.median >= target ? 'met' : 'missed'}`
  const agreement = difference === undefined ? '' : `numbers within ${difference.toExponential(0)}`
  return [...head, times(ratio.median), range(ratio), verdict, agreement]
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
  const header = ['bench', 'backend', 'threads', 'peer', 'prefkit is', 'rounds', 'target', '']
  printTable([header, ...results.map(rowOf)])
  console.log(`\nN×: N times the peer's throughput, median of ${rounds} rounds, and all rounds.`)
  console.log(
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load.map((l) => l.toFixed(1)).join(' before, ')} after.`,
  )
}
