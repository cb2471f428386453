import { parseArgs } from 'node:util'

const usage = `usage: node src/index.ts [options]

  --server URL         where llama-server listens      (http://127.0.0.1:8090)
  --rows N             how many rows of LLMBar         (40; 419 are all)
  --rm-bench FILE      RM-Bench, as its authors have it or as JSON lines; repeat for several files
  --rm-rows N          how many rows of RM-Bench       (3, of nine pairs each)
  --cache DIRECTORY    keep answers there, so that a run that was stopped goes on where it was
  --check              compare with the pinned numbers instead of printing tables
  --pin                replace the pinned numbers`

/** What a run is told. */
export interface Options {
  readonly server: string
  readonly rows: number
  readonly rmBench: readonly string[]
  readonly rmRows: number
  readonly cache: string | undefined
  readonly check: boolean
  readonly pin: boolean
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`--${name} is ${JSON.stringify(text)}; expected a whole number of at least 1\n\n${usage}`)
}

/** The options of a command line. Throws for what is none. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      server: { type: 'string', default: 'http://127.0.0.1:8090' },
      rows: { type: 'string', default: '40' },
      'rm-bench': { type: 'string', multiple: true, default: [] },
      'rm-rows': { type: 'string', default: '3' },
      cache: { type: 'string' },
      check: { type: 'boolean', default: false },
      pin: { type: 'boolean', default: false },
    },
  })
  return {
    server: values.server.replace(/\/+$/, ''),
    rows: wholeNumber('rows', values.rows),
    rmBench: values['rm-bench'],
    rmRows: wholeNumber('rm-rows', values['rm-rows']),
    cache: values.cache,
    check: values.check,
    pin: values.pin,
  }
}
