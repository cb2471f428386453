import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { HowToRun } from '../judge/how-to-run'
import type { PairAsking, Sampling, ServerConfig } from '../judge/judge-config'

/** The options that every command has that judges. */
export interface JudgeOptions {
  readonly judge?: string[]
  readonly baseUrl?: string
  readonly apiKeyEnv: string
  readonly timeout: number
  readonly retries: number
  readonly concurrency: number
  readonly maxTokens?: number
  readonly prices?: number[]
  readonly maxCost?: number
  readonly cache: string | false
  readonly keepGoing: boolean
  readonly limit?: number
  readonly out?: string
  readonly resume?: string
  readonly seed: number
  readonly quiet: boolean
  readonly json: boolean
}

/** The options of written answers. */
export interface SamplingOptions {
  readonly votes: number
  readonly temperature?: number
}

/** The options of commands that compare pairs. */
export interface PairOptions extends SamplingOptions {
  readonly method: PairAsking['method']
  readonly format?: PairAsking['format']
  readonly rule?: string
  readonly orders: PairAsking['orders']
  readonly inconsistent: PairAsking['inconsistent']
}

/** Options that say how a server is called. */
const serverOptions = ['baseUrl', 'apiKeyEnv', 'timeout', 'retries', 'concurrency', 'prices'] as const

/** Options that say how to run, not what to judge: they may be given with `--resume`. */
export const runningOptions: ReadonlySet<string> = new Set([
  ...['resume', 'quiet', 'json', 'export', 'to', 'report', 'keepGoing', 'maxCost'],
  ...serverOptions,
])

/** How a run is gone on with: what the command line says itself, and no defaults. */
export function howToRun(options: JudgeOptions, command: Command): HowToRun {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli'
  const server = Object.fromEntries(serverOptions.filter(isGiven).map((name) => [name, options[name]]))
  return {
    server,
    ...(isGiven('keepGoing') && { keepGoing: options.keepGoing }),
    ...(isGiven('maxCost') && { maxCost: options.maxCost }),
  }
}

/** What judges are called that are on this machine. */
const pathPrefixes = ['reward-model:', 'local:']

/** A judge that is a path, from the root: a run may be gone on with from another folder. */
const fromRoot = (name: string): string => {
  const prefix = pathPrefixes.find((each) => name.startsWith(each) && name !== each)
  return prefix === undefined ? name : `${prefix}${resolve(name.slice(prefix.length))}`
}

/** Answers are sampled where several are wanted of one question. */
export const samplingOf = ({ votes, temperature = votes > 1 ? 1 : 0 }: SamplingOptions): Sampling => ({
  votes,
  temperature,
})

/** How pairs are asked about, out of the command line. */
export const pairAskingOf = (options: PairOptions): PairAsking => {
  const { method, format, rule, orders, inconsistent } = options
  return { kind: 'pairs', method, format, rule, orders, inconsistent, ...samplingOf(options) }
}

/** Who judges, out of the command line; how they are asked is for the command to say. Not checked. */
export function judgeSettings<Asking>(options: JudgeOptions, asking: Asking) {
  const { judge, baseUrl, apiKeyEnv, timeout, retries, concurrency, maxTokens, prices } = options
  const server: ServerConfig = { baseUrl, apiKeyEnv, timeout, retries, concurrency, maxTokens, prices }
  const { maxCost, cache, seed } = options
  const kept = cache ? resolve(cache) : undefined
  return { judges: (judge ?? []).map(fromRoot), server, asking, cache: kept, maxCost, seed }
}
