import type { RunKind } from '../runs/resumable-run'
import type { JudgeConfig, ServerConfig } from './judge-config'

/** What says how to run, not what is judged: it may be otherwise each time that a run is gone on with. */
export interface HowToRun {
  /** Leave out what cannot be judged and count it, instead of stopping at the first. */
  readonly keepGoing?: boolean | undefined
  /** The run stops once it has cost this much, what it has cost before included. */
  readonly maxCost?: number | undefined
  /** How the server is called; a run of another server is refused by its journal. */
  readonly server?:
    | Partial<Pick<ServerConfig, 'baseUrl' | 'apiKeyEnv' | 'timeout' | 'retries' | 'concurrency' | 'prices'>>
    | undefined
}

interface JudgedConfig {
  readonly files: readonly string[]
  readonly keepGoing: boolean
  readonly judge: JudgeConfig<unknown>
}

const given = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>

/**
 * Lays over a saved configuration how it is run this time; for `continueRun`.
 *
 * The function throws PrefkitError `INVALID_CONFIG` naming option and value.
 */
export const laidOver =
  <Config extends JudgedConfig>({ parse }: RunKind<Config>, { keepGoing, maxCost, server }: HowToRun = {}) =>
  (config: Config): Config => {
    const { judge } = config
    const asked = { ...judge, ...given({ maxCost }), server: { ...judge.server, ...given({ ...server }) } }
    return parse({ ...config, ...given({ keepGoing }), judge: asked }, 'command line')
  }
