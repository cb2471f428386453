import type { RunConfig } from '../../loop/run/config/run-config'
import { printJson } from '../print'

/** Runs `prefkit run --dry-run`. */
export async function dryRunAction(config: RunConfig, _json: boolean): Promise<void> {
  printJson(config)
}
