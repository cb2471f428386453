import type { Command } from 'commander'
import { examples } from '../examples'
import { parseNumber } from '../parse-values'

/** Adds `prefkit demo`. */
export function addDemo(parent: Command): void {
  parent
    .command('demo')
    .description(
      'train reward models on bundled human comparisons, test them on unseen debates, write a report',
    )
    .option('--out <directory>', 'where the run is kept (default: runs/demo-<time>)')
    .option('--seed <number>', 'makes the run repeat exactly', parseNumber, 0)
    .option('--backend <name>', 'auto, native, gpu, gpu-webgpu, gpu-webasm or reference', 'auto')
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText('after', examples(['prefkit demo', 'prefkit demo --seed 1 --out runs/second --json']))
    .action(async (options) => (await import('../actions/run-demo')).runDemoAction(options))
}
