// Judgements against a stub server, as ratios to what the server itself can answer. See README.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Outcome, Plan } from './judges/plan.ts'
import { type Program, type StubServer, start, startStub } from './judges/processes.ts'
import { ratioOf, summarize } from './statistics.ts'
import { printTable, range, times } from './table.ts'

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '40' },
    slots: { type: 'string', default: '32' },
    only: { type: 'string' },
  },
})
const count = Number(options.count)
const rounds = Number(options.rounds)
const connections = Number(options.connections)
const slots = Number(options.slots)

/** Least ratio to what a server that takes its time can answer. */
const target = 0.9

interface Contender {
  readonly name: string
  readonly program: Program
  readonly cache: boolean
}

const raw: Contender = { name: 'fetch alone', program: 'raw-requests.ts', cache: false }
const journalled: Contender = { name: 'journal', program: 'judge-run.ts', cache: false }
const cached: Contender = { name: 'journal and cache', program: 'judge-run.ts', cache: true }

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'prefkit-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const planOf = (server: StubServer, folder: string, cache: boolean, watchMemory = false): Plan => ({
  url: server.url,
  count,
  connections,
  folder,
  cache,
  watchMemory,
})

/** One run, in which everything must be answered, once. */
const runOnce = (server: StubServer, { name, program, cache }: Contender): Promise<Outcome> =>
  inFolder(async (folder) => {
    await server.forget()
    const outcome = await start(program, planOf(server, folder, cache)).outcome
    const { requests, bodies } = await server.counts()
    if (outcome.judged !== count || requests !== count || bodies !== count)
      throw new Error(
        `${name}: ${outcome.judged} answers to ${requests} requests, ${bodies} of them different`,
      )
    return outcome
  })

async function compare(name: string, server: StubServer, wanted: number | undefined): Promise<string[][]> {
  const contenders = [raw, journalled, cached]
  const outcomes: Outcome[][] = contenders.map(() => [])
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [0, 1, 2] : [2, 1, 0]
    for (const i of order) outcomes[i]!.push(await runOnce(server, contenders[i]!))
    console.error(`${name}, round ${round + 1} of ${rounds}, load ${loadavg()[0]!.toFixed(1)}`)
  }
  const seconds = outcomes.map((each) => each.map((outcome) => outcome.seconds))
  return contenders.map((contender, i) => {
    // Of the server's: 1 is as fast as it can answer.
    const ratio = ratioOf(seconds[0]!, seconds[i]!)
    const share = summarize(outcomes[i]!.map(({ cpuSeconds, seconds: whole }) => cpuSeconds / whole))
    const effort = summarize(
      outcomes[i]!.map(({ cpuSeconds }, round) => cpuSeconds / outcomes[0]![round]!.cpuSeconds),
    )
    const verdict =
      i === 0 || wanted === undefined ? '' : `${times(wanted)} ${ratio.median >= wanted ? 'met' : 'missed'}`
    return [
      name,
      contender.name,
      times(ratio.median),
      range(ratio),
      verdict,
      times(effort.median),
      percent(share.median),
    ]
  })
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} % of a core`

/** Bytes a judgement, by least squares over the later half: what is set up once is behind. */
function slope(memory: Outcome['memory'], column: 1 | 2): number {
  const points = memory.slice(memory.length >> 1).map((row) => [row[0], row[column]] as const)
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, bytes]) => bytes))]
  const covariance = mean(points.map(([at, bytes]) => (at - x) * (bytes - y)))
  return covariance / mean(points.map(([at]) => (at - x) ** 2))
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

const watchMemory = (server: StubServer): Promise<string> =>
  inFolder(async (folder) => {
    const plan = planOf(server, folder, false, true)
    const { memory } = await start('judge-run.ts', plan, ['--expose-gc']).outcome
    const [first, last] = [memory[0]!, memory.at(-1)!]
    const ends = (column: 1 | 2) => `${mebibytes(first[column])} to ${mebibytes(last[column])}`
    const rise = (column: 1 | 2) => `${slope(memory, column).toFixed(0)} bytes a judgement in the later half`
    return `heap ${ends(1)}, ${rise(1)}; resident ${ends(2)}, ${rise(2)}; ${count} judgements`
  })

/** Killed half way and started again. */
const killHalfWay = (server: StubServer): Promise<string> =>
  inFolder(async (folder) => {
    await server.forget()
    const plan = planOf(server, folder, false)
    const { child, outcome } = start('judge-run.ts', plan)
    while ((await server.counts()).answered < count / 2) await pause(5)
    child.kill('SIGKILL')
    const killed = await outcome.then(
      () => 'ended before it was killed',
      (error: Error) => error.message,
    )
    const before = (await server.counts()).requests
    const { judged } = await start('judge-run.ts', plan).outcome
    const { requests } = await server.counts()
    if (judged !== count) throw new Error(`${judged} of ${count} judgements after a kill`)
    return `${killed} after ${before} requests; then ${judged} judgements, ${requests - count} requests twice`
  })

const servers = [
  { name: `${slots} slots of 20 to 50 ms`, least: 20, most: 50, wanted: target },
  { name: 'no latency', least: 0, most: 0, wanted: undefined },
].filter(({ name }) => options.only === undefined || name.includes(options.only))

const rows: string[][] = []
const remarks: string[] = []
for (const { name, least, most, wanted } of servers) {
  const server = await startStub(slots, least, most)
  try {
    rows.push(...(await compare(name, server, wanted)))
    remarks.push(`${name}: ${await killHalfWay(server)}`)
    if (most === 0) remarks.push(`memory: ${await watchMemory(server)}`)
  } finally {
    server.stop()
  }
}
printTable([['server', 'client', 'of the server', 'range', 'target', 'processor time', 'and share'], ...rows])
for (const remark of remarks) console.log(remark)
