import {
  type Benchmark,
  type BenchmarkPlan,
  type BenchmarkReport,
  benchmarks,
  infobench,
  type ListToJudge,
  type PairToJudge,
  type ResponseToScore,
} from '@prefkit/evals/benchmarks'
import { ifeval } from '@prefkit/evals/ifeval'
import type { BenchmarkName } from './benchmark-names'

/** What the items of a task are. */
export type TaskKind = 'pairs' | 'responses' | 'lists' | 'checklists' | 'prompts'

/** Any item of any benchmark: what there is of it depends on the kind of its task. */
export interface BenchmarkItem
  extends Pick<PairToJudge, 'id' | 'prompt'>,
    Partial<Omit<PairToJudge & ResponseToScore & ListToJudge, 'id' | 'prompt'>> {
  readonly questions?: readonly string[]
}

/** What is right of an item. */
export type ItemLabel = NonNullable<BenchmarkPlan<unknown, unknown, BenchmarkReport>['labels']>[number]

/** A plan whose kind of items is known only when it runs. */
export type OpenPlan = BenchmarkPlan<BenchmarkItem, unknown, BenchmarkReport>

/** A task whose kind of items is known only when it runs. */
export interface OpenTask {
  readonly kind: TaskKind
  readonly plan: (rows: readonly unknown[], options?: object) => OpenPlan
}

/** A benchmark whose kind of rows is known only when it runs. */
export type OpenBenchmark = Benchmark<unknown, Readonly<Record<string, OpenTask>>>

const table = { ...benchmarks, ifeval, infobench }

// A command has the name of its benchmark as text: types of rows and items end here, and their own checks take over.
const open: Readonly<Record<BenchmarkName, OpenBenchmark>> = table as unknown as Readonly<
  Record<BenchmarkName, OpenBenchmark>
>

/** The benchmark of a name. */
export const openBenchmark = (name: BenchmarkName): OpenBenchmark => open[name]

/** The benchmarks, if any, whose rows a value could be. */
export const benchmarksOfRow = (value: unknown): OpenBenchmark[] =>
  Object.values(open).filter(({ rows }) => {
    try {
      rows([value])
      return true
    } catch {
      return false
    }
  })
