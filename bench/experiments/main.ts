import { existsSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { anchorQuality } from './claims/anchor-quality.ts'
import { positionBias } from './claims/position-bias.ts'
import { preferenceAwareRewards } from './claims/preference-aware-rewards.ts'
import { rubricsShown } from './claims/rubrics-shown.ts'
import { valueModels } from './claims/value-models.ts'
import type { Cell, Claim } from './lib/context.ts'
import { writePage } from './lib/page.ts'
import { type Size, sizes } from './lib/sizes.ts'
import { type CellResult, keyOf, openStore, readLines, type Store } from './lib/store.ts'
import { modelNameOf, openWorld, storiesPath } from './lib/world.ts'

const claims: readonly Claim[] = [
  ...[positionBias, anchorQuality, valueModels, preferenceAwareRewards, rubricsShown],
]

const root = new URL('../../', import.meta.url).pathname

const help = `node bench/experiments/run.ts CLAIM [options]

CLAIM     ${claims.map(({ name }) => name).join('\n          ')}
          all

--toy           whether everything works; nothing is learnt
--full          larger, for machines with more cores
--model PATH    another model than stories260K, for --full: llama2.c, GGUF or a directory of Hugging Face
--judge PATH    a small model of instructions, such as SmolLM2-135M-Instruct, for rubrics-shown
--runs DIR      where results and artefacts are kept (default: runs/experiments/SIZE); what is there is not done again
--out DIR       where pages and figures go (default: docs/experiments for the small size, else DIR of --runs)
--report        only writes the pages again, from the results beside them
--plan          only tells what is left to do
`

interface Options {
  readonly size: Size
  readonly model: string
  readonly judge: string | undefined
  readonly runs: string
  readonly out: string
  readonly report: boolean
  readonly plan: boolean
}

function readOptions(args: readonly string[]): {
  readonly chosen: readonly Claim[]
  readonly options: Options
} {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      toy: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      model: { type: 'string', default: storiesPath },
      judge: { type: 'string' },
      runs: { type: 'string' },
      out: { type: 'string' },
      report: { type: 'boolean', default: false },
      plan: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [name] = positionals
  const chosen = claims.filter((claim) => name === 'all' || claim.name === name)
  if (values.help || chosen.length === 0) {
    console.log(help)
    process.exit(values.help ? 0 : 2)
  }
  const size = sizes[values.toy ? 'toy' : values.full ? 'full' : 'small']
  const runs = values.runs ?? join(root, 'runs/experiments', size.name)
  const out = values.out ?? (size.name === 'small' ? join(root, 'docs/experiments') : join(runs, 'pages'))
  const { model, judge, report, plan } = values
  return { chosen, options: { size, model, judge, runs, out, report, plan } }
}

const experimentOf = (claim: Claim, cell: Cell): string => cell.experiment ?? claim.name

/** Of every model cells of its own. */
const cellsOf = (claim: Claim, { size, model, judge }: Options): Cell[] =>
  claim
    .cells(size, { judge: judge && modelNameOf(judge) })
    .map((cell) => ({ ...cell, settings: { ...cell.settings, model: modelNameOf(model) } }))

/** Results of a grid that are there, in its order. */
async function known(folder: string, claim: Claim, cells: readonly Cell[]): Promise<CellResult[]> {
  const names = [...new Set(cells.map((cell) => experimentOf(claim, cell)))]
  const lines = await Promise.all(names.map((name) => readLines<CellResult>(join(folder, `${name}.jsonl`))))
  const byKey = new Map(lines.flat().map((line) => [keyOf(line.settings), line]))
  return cells.flatMap(({ settings }) => byKey.get(keyOf(settings)) ?? [])
}

async function runCells(claim: Claim, cells: readonly Cell[], store: Store, options: Options): Promise<void> {
  const world = await openWorld(options.size, options.model)
  for (const cell of cells) {
    const context = { world, store, judgePath: options.judge }
    await store.cell(experimentOf(claim, cell), cell.settings, () => cell.run(context))
  }
  await world.model.release()
}

/** Results beside the pages, so that these can be written again from them. */
async function keepResults({ runs, out }: Options, claim: Claim, cells: readonly Cell[]): Promise<void> {
  await mkdir(join(out, 'results'), { recursive: true })
  for (const name of new Set(cells.map((cell) => experimentOf(claim, cell)))) {
    const from = join(runs, 'results', `${name}.jsonl`)
    if (existsSync(from)) await copyFile(from, join(out, 'results', `${name}.jsonl`))
  }
}

export async function main(args: readonly string[]): Promise<void> {
  const { chosen, options } = readOptions(args)
  const store = openStore(options.runs, (line) => console.log(line))
  for (const claim of chosen) {
    const cells = cellsOf(claim, options)
    if (options.plan) {
      const done = await known(join(options.runs, 'results'), claim, cells)
      console.log(`${claim.name}: ${done.length} of ${cells.length} cells are done`)
      continue
    }
    if (!options.report) {
      await runCells(claim, cells, store, options)
      await keepResults(options, claim, cells)
    }
    const results = await known(join(options.out, 'results'), claim, cells)
    if (results.length < cells.length)
      throw new Error(
        `${claim.name}: ${results.length} of ${cells.length} results are there: run it without --report`,
      )
    console.log(await writePage(options.out, claim, claim.report(results, options.size)))
    const seconds = results.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
    console.log(`${claim.name}: ${seconds.toFixed(0)} processor seconds in ${cells.length} cells`)
  }
  const artefacts = Object.entries(await store.artefactSeconds())
  for (const [name, seconds] of artefacts) console.log(`${name}: ${seconds.toFixed(0)} processor seconds`)
}
