import { alpacaEval } from './alpaca-eval/alpaca-eval'
import { judgebench } from './judgebench/judgebench'
import { llmbar } from './llmbar/llmbar'
import { pandalm } from './pandalm/pandalm'
import { rewardBench } from './reward-bench/reward-bench'
import { rewardBench2 } from './reward-bench-2/reward-bench-2'
import { rmBench } from './rm-bench/rm-bench'

/** The benchmarks of judges and reward models, by name. */
export const benchmarks = {
  'reward-bench': rewardBench,
  'reward-bench-2': rewardBench2,
  'rm-bench': rmBench,
  llmbar,
  judgebench,
  pandalm,
  'alpaca-eval': alpacaEval,
} as const
