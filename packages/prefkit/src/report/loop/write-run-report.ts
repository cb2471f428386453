import type { RunDirectory } from '../../runs/run-directory'
import { writeAtomic } from '../../runs/write-atomic'
import { readRunData } from './read-run-data'
import { runReport } from './run-report'

/**
 * Writes the report of a run where it belongs.
 * @param commands those that make the run again. Default: with the configuration that is shown.
 * @returns its path.
 */
export async function writeRunReport(
  { path, reportPath }: RunDirectory,
  commands?: readonly string[],
): Promise<string> {
  await writeAtomic(reportPath, runReport(await readRunData(path), commands && { commands }))
  return reportPath
}
