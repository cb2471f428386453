// prefkit against other libraries in headless Chromium, as ratios of times measured in turns in one page. See README.md.
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { bundle } from './browser/bundle.ts'
import { type BrowserResults, type BrowserTimes, compareInBrowser } from './browser/compare.ts'
import { type BrowserContender, browserPeers, libraries, prefkitContenders } from './browser/contenders.ts'
import { findChromium } from './browser/find-chromium.ts'
import { type Adapter, adapters, launchChromium } from './browser/launch.ts'
import type { Devices } from './browser/page/main.ts'
import { servePage } from './browser/serve.ts'
import { browserCases } from './cases.ts'
import { printTable, range, times } from './table.ts'

const { values: options } = parseArgs({
  options: {
    chromium: { type: 'string', default: process.env.CHROMIUM_PATH },
    adapter: { type: 'string', default: 'swiftshader' },
    flags: { type: 'string', default: '' },
    bench: { type: 'string' },
    modes: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})

const list = (text: string | undefined): string[] | undefined => text?.split(',')
const [benches, modes, peers] = [options.bench, options.modes, options.peers].map(list)
const effort = { rounds: Number(options.rounds), turnSeconds: Number(options.seconds) }
const note = (text: string) => console.error(text)

/** What was asked for and cannot be had needs words, and no trace of the stack. */
function orExit<Result>(choose: () => Result): Result {
  try {
    return choose()
  } catch (error) {
    note(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
}

const chromium = orExit(() => findChromium(options.chromium))
const adapter = orExit((): Adapter => {
  if (Object.hasOwn(adapters, options.adapter)) return options.adapter as Adapter
  throw new Error(`--adapter: expected ${Object.keys(adapters).join(' or ')}, got ${options.adapter}`)
})

const before = loadavg()[0]!
const machineNow = () => ({
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  node: process.version,
  load: [before, loadavg()[0]!],
})

const contenders: readonly BrowserContender[] = [
  ...prefkitContenders.filter(({ mode }) => modes?.includes(mode) ?? true),
  ...browserPeers.filter(
    ({ name, library }) => peers?.some((each) => each === name || each === library) ?? true,
  ),
]

async function bundleAll() {
  const scripts = new Map<string, string>()
  const failures = new Map<string, string>()
  for (const name of ['main', ...libraries]) {
    const result = await bundle(name)
    if ('text' in result) scripts.set(name, result.text)
    else failures.set(name, result.failure)
  }
  return { scripts, failures }
}

/** The browser that was asked, with what it found. */
interface BrowserInfo {
  readonly chromium: string
  readonly adapter: Adapter
  readonly devices: Devices
}

/** Writes what is known so far: a run that is broken off leaves the cases before. */
function save(browser: BrowserInfo, results: readonly BrowserResults[]): void {
  if (!options.json) return
  const timed = results.flatMap((each) => each.times)
  const ratios = results.flatMap((each) => each.ratios)
  const all = { machine: machineNow(), browser, effort, times: timed, ratios }
  writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`)
}

async function runAll() {
  const { scripts, failures } = await bundleAll()
  const skipped = contenders.flatMap(({ name, library }): BrowserTimes[] =>
    failures.has(library) ? [{ bench: 'all', contender: name, skipped: failures.get(library)! }] : [],
  )
  const server = await servePage(scripts)
  const browser = await launchChromium(chromium, adapter, options.flags.split(' ').filter(Boolean))
  try {
    const page = await browser.newPage()
    page.on('pageerror', (error) => note(`page: ${error.message}`))
    const load = () => page.goto(server.address, { waitUntil: 'load' })
    await load()
    const devices = await page.evaluate(() => window.bench.devices())
    const info: BrowserInfo = { chromium: browser.version(), adapter, devices }
    note(inWords(info))
    const results: BrowserResults[] = [{ times: skipped, ratios: [] }]
    for (const spec of browserCases.filter(({ name }) => benches?.includes(name) ?? true)) {
      // A fresh page: what the case before has left on the devices is gone.
      await load()
      const able = contenders.filter(({ library }) => !failures.has(library))
      results.push(await compareInBrowser(spec, able, page, effort, note))
      save(info, results)
    }
    return { info, results }
  } finally {
    await browser.close()
    server.stop()
  }
}

const inWords = ({ chromium: version, devices }: BrowserInfo): string =>
  `Chromium ${version}; WebGPU: ${devices.webgpu}; WebGL: ${devices.webgl}.`

/** A row for each case and peer, a column for each mode of prefkit. */
function rowsOf({ times: timed, ratios }: BrowserResults): string[][] {
  const ours = contenders.filter(({ library }) => library === 'prefkit')
  const theirs = contenders.filter(({ library }) => library !== 'prefkit')
  const bench = timed[0]?.bench ?? ''
  return theirs.map((peer) => [
    bench,
    peer.name,
    ...ours.map((our) => {
      const found = ratios.find((each) => each.prefkit === our.name && each.peer === peer.name)
      return found ? `${times(found.ratio.median)} (${range(found.ratio)})` : 'skipped'
    }),
  ])
}

const { info, results } = await runAll()
const timed = results.flatMap((each) => each.times)
const header = contenders
  .filter(({ library }) => library === 'prefkit')
  .map(({ mode }) => `prefkit ${mode} is`)
printTable([['bench', 'peer', ...header], ...results.slice(1).flatMap(rowsOf)])
for (const { bench, contender, skipped } of timed)
  if (skipped) console.log(`\n${bench}: ${contender} skipped: ${skipped}`)
console.log(`\nN×: N times the peer's throughput, median of ${effort.rounds} rounds, and all rounds.`)
console.log(inWords(info))
const { cpu, cores, load } = machineNow()
console.log(`${cpu}, ${cores} cores, load ${load.map((l) => l.toFixed(1)).join(' before, ')} after.`)
// Numbers of prefkit's that are wrong are a fault of it, not of this machine.
if (
  timed.some((each) => each.skipped && each.difference !== undefined && each.contender.startsWith('prefkit-'))
)
  process.exitCode = 1
