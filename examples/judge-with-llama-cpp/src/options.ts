import { parseArgs } from 'node:util'

/** What the program takes. */
export const usage = `usage: node src/index.ts [options]

  --server URL         where llama-server listens, with or without /v1 (http://127.0.0.1:8090)
  --rows N             how many rows of LLMBar         (40; 419 are all)
  --rm-bench FILE      RM-Bench, as its authors have it or as JSON lines; repeat for several files
  --rm-rows N          how many rows of RM-Bench       (3, of nine pairs each)
  --cache DIRECTORY    keep answers there, so that a run that was stopped goes on where it was
  --check              compare with the pinned numbers instead of printing tables
  --pin                replace the pinned numbers
  --help               print this`

/** What a run is told. */
export interface Options {
  readonly server: string
  readonly rows: number
  readonly rmBench: readonly string[]
  readonly rmRows: number
  readonly cache: string | undefined
  readonly check: boolean
  readonly pin: boolean
  readonly help: boolean
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`--${name} is ${JSON.stringify(text)}; expected a whole number of at least 1\n\n${usage}`)
}

/** An address of the server without what clients of OpenAI's routes put behind it. */
const rootOf = (server: string) => server.replace(/\/+$/, '').replace(/\/v1$/, '')

function parse(args: readonly string[]) {
  const config = {
    args: [...args],
    options: {
      server: { type: 'string', default: 'http://127.0.0.1:8090' },
      rows: { type: 'string', default: '40' },
      'rm-bench': { type: 'string', multiple: true, default: [] as string[] },
      'rm-rows': { type: 'string', default: '3' },
      cache: { type: 'string' },
      check: { type: 'boolean', default: false },
      pin: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  } as const
  try {
    return parseArgs(config).values
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`)
  }
}

/** The options of a command line. Throws for what is none, with the usage in the message. */
export function parseOptions(args: readonly string[]): Options {
  const values = parse(args)
  return {
    server: rootOf(values.server),
    rows: wholeNumber('rows', values.rows),
    rmBench: values['rm-bench'],
    rmRows: wholeNumber('rm-rows', values['rm-rows']),
    cache: values.cache,
    check: values.check,
    pin: values.pin,
    help: values.help,
  }
}
