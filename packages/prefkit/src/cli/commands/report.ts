import { type Command, InvalidArgumentError } from 'commander'
import { examples } from '../examples'
import { parseNumber } from '../parse-values'

/** Reads a port: `--ui` alone takes the first that is free. */
export function parsePort(text: string): number {
  const port = parseNumber(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port
  throw new InvalidArgumentError('expected a port from 1 to 65535')
}

/** Adds `prefkit report`. */
export function addReport(program: Command): void {
  program
    .command('report')
    .description('make the report of a run again, compare several runs, or watch one as it goes')
    .argument('<runs...>', 'directories of runs; of several, those that are no runs are left out')
    .option('--out <file>', 'the page (default: report.html of the run, or comparison.html beside the runs)')
    .option(
      '--ui [port]',
      'serve a live page of one run on this machine alone, until it is stopped',
      parsePort,
    )
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit report runs/first',
        'prefkit report runs/* --out comparison.html',
        'prefkit report runs/first --ui',
      ]),
    )
    .action(async (runs, options) => (await import('../actions/report')).reportAction(runs, options))
}
