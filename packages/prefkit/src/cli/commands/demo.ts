import type { Command } from 'commander'
import { examples } from '../examples'
import { parseNumber } from '../parse-values'

/** Adds `prefkit demo`, with `prefkit demo reward`. */
export function addDemo(parent: Command): void {
  const demo = parent.command('demo').description('see what prefkit does, on bundled data')
  // Both have an --out; what stands after the name of the second is its own.
  demo.enablePositionalOptions()
  demo.addHelpText('after', examples(['prefkit demo']))
  addDemoReward(demo)
}

function addDemoReward(demo: Command): void {
  demo
    .command('reward', { isDefault: true })
    .description(
      'train reward models on bundled human comparisons, test them on unseen debates, write a report',
    )
    .option('--out <directory>', 'where the run is kept (default: runs/demo-reward-<time>)')
    .option('--seed <number>', 'makes the run repeat exactly', parseNumber, 0)
    .option('--backend <name>', 'auto, native, gpu, gpu-webgpu, gpu-webasm or reference', 'auto')
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      examples(['prefkit demo reward', 'prefkit demo reward --seed 1 --out runs/second --json']),
    )
    .action(async (options) => (await import('../actions/demo-reward')).demoRewardAction(options))
}
