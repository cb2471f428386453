// A small model behind llama.cpp's server judges LLMBar and RM-Bench. See README.md.
import { describe, differences } from './check.ts'
import { judgesOf, modelOf } from './judges.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { type Recording, readPinned, record, writePinned } from './recording.ts'
import { llmbarPair, readLlmbar, readRmBench, rmBenchPairs, sample } from './rows.ts'
import { tablesOf } from './tables.ts'

/** The pinned rows where they are to be compared, else a sample. */
function chooseRows<Row>(
  rows: ReadonlyMap<string, Row>,
  pinned: readonly string[] | undefined,
  count: number,
) {
  const ids = pinned ?? sample([...rows.keys()], (id) => id, count)
  return ids.map((id) => {
    const row = rows.get(id)
    if (row === undefined) throw new Error(`row ${id} is pinned, and is not in the files given`)
    return row
  })
}

const progress = (name: string, total: number) => (done: number) => {
  if (done % 10 === 0 || done === total) console.error(`${name}: ${done} of ${total} pairs`)
}

async function run(options: Options, pinned: Recording | undefined): Promise<Recording> {
  const judges = judgesOf(options, await modelOf(options.server))
  const cases = chooseRows(readLlmbar(), pinned?.llmbar.rows, options.rows)
  const llmbar = {
    rows: cases.map(({ id }) => id),
    answers: await record(judges, cases.map(llmbarPair), progress('LLMBar', cases.length)),
  }
  if (options.rmBench.length === 0) return { llmbar }
  const ids = pinned?.rmBench?.rows.map(({ id }) => id)
  const rows = chooseRows(readRmBench(options.rmBench), ids, options.rmRows)
  const pairs = rows.flatMap(rmBenchPairs)
  const answers = await record(judges, pairs, progress('RM-Bench', pairs.length))
  return { llmbar, rmBench: { rows: rows.map(({ id, domain }) => ({ id, domain })), answers } }
}

function check(fresh: Recording, pinned: Recording): boolean {
  const bench =
    fresh.rmBench && pinned.rmBench ? differences(fresh.rmBench.answers, pinned.rmBench.answers) : []
  const parts = [
    ['LLMBar', differences(fresh.llmbar.answers, pinned.llmbar.answers)],
    ['RM-Bench', bench],
  ] as const
  for (const [name, found] of parts) {
    if (found.length === 0) console.log(`${name}: not compared, for want of --rm-bench`)
    for (const difference of found) console.log(`${name}: ${describe(difference)}`)
  }
  return parts.every(([, found]) => found.every(({ agrees }) => agrees))
}

async function main(options: Options): Promise<void> {
  if (options.help) return console.log(usage)
  const pinned = options.check ? readPinned() : undefined
  const fresh = await run(options, pinned)
  if (options.pin) writePinned(fresh)
  if (pinned === undefined) console.log(tablesOf(fresh))
  else if (!check(fresh, pinned)) process.exitCode = 1
}

try {
  await main(parseOptions(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
