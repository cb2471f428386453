export {
  type AlpacaEvalOptions,
  type AlpacaEvalReport,
  type AlpacaEvalRow,
  alpacaEval,
  alpacaEvalWinRates,
  readGamedRows,
} from './alpaca-eval/alpaca-eval'
export type { CrossValidatedFit } from './alpaca-eval/cross-validated-fit'
export type {
  GamedRow,
  LengthControlledGlm,
  LengthControlledOptions,
  LengthControlledWinRate,
} from './alpaca-eval/length-controlled'
export { benchmarks } from './benchmarks'
export {
  type ChecklistOutcome,
  type ChecklistTask,
  type ChecklistToJudge,
  type InfobenchReport,
  type InfobenchRow,
  type InfobenchSet,
  infobench,
} from './infobench/infobench'
export {
  type JudgebenchReport,
  type JudgebenchRow,
  judgebench,
} from './judgebench/judgebench'
export { type LlmbarReport, type LlmbarRow, type LlmbarStatistics, llmbar } from './llmbar/llmbar'
export {
  majorityVote,
  type PandalmLabel,
  type PandalmReport,
  type PandalmRow,
  pandalm,
} from './pandalm/pandalm'
export { type RewardBenchReport, type RewardBenchRow, rewardBench } from './reward-bench/reward-bench'
export {
  type RewardBench2Report,
  type RewardBench2Row,
  rewardBench2,
} from './reward-bench-2/reward-bench-2'
export { type RmBenchReport, type RmBenchRow, rmBench } from './rm-bench/rm-bench'
export type {
  Benchmark,
  BenchmarkMessage,
  BenchmarkOptions,
  BenchmarkPart,
  BenchmarkPlan,
  BenchmarkPrompt,
  BenchmarkReport,
  BenchmarkTask,
  ItemLabel,
  ListOutcome,
  ListTask,
  ListToJudge,
  OutcomeCounts,
  PairOutcome,
  PairTask,
  PairToJudge,
  PairVerdict,
  ResponseToScore,
  ScoreOutcome,
  ScoreTask,
} from './shared/benchmark'
export type { Statistic } from './shared/estimate'
