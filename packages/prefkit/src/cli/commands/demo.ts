import type { Command } from 'commander'
import { examples } from '../examples'
import { parseNumber } from '../parse-values'
import { repeated } from './judge-options'
import { parsePort } from './report'

/** Adds `prefkit demo`, with `prefkit demo reward`. */
export function addDemo(parent: Command): void {
  const demo = parent.command('demo')
  demo
    // Both have an --out; what stands after the name of the second is its own.
    .enablePositionalOptions()
    .description(
      'teach a small model of stories what simulated readers like: comparisons, judge, anchors, pairwise PPO, report; no download',
    )
    .option('--config', 'print the settings of all this, for prefkit run, and do nothing', false)
    .option('--hack', 'hold the policy back too little: it learns what fools the judge', false)
    .option('--set <setting=value>', 'instead of what the settings say; repeat it for several', repeated)
    .option('--out <directory>', 'where the run is kept (default: runs/demo-<time>)')
    .option('--resume <directory>', 'go on with a demo that was stopped or killed')
    .option('--ui [port]', 'serve a live page of the run on this machine alone, while it goes on', parsePort)
    .option('--seed <number>', 'makes the run repeat exactly', parseNumber, 0)
    .option('--backend <name>', 'auto, native, gpu, gpu-webgpu, gpu-webasm or reference', 'auto')
    .option('--quiet', 'show no progress', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      examples([
        'prefkit demo',
        'prefkit demo --ui',
        'prefkit demo --seed 1 --out runs/second',
        'prefkit demo --config > demo.yaml',
      ]),
    )
    .action(async (options, self: Command) =>
      (await import('../actions/demo-loop')).demoLoopAction(options, self),
    )
  addDemoReward(demo)
}

function addDemoReward(demo: Command): void {
  demo
    .command('reward')
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
