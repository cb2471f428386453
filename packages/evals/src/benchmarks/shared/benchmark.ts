import type { Statistic } from './estimate'

/** One message of a conversation. */
export interface BenchmarkMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** What responses answer: a prompt's text, or the messages up to the response. */
export type BenchmarkPrompt = string | readonly BenchmarkMessage[]

/** Two responses to compare, `a` shown first. A `PairItem` of `@prefkit/rubrics` with an id. */
export interface PairToJudge {
  /** Unique within the plan, and the same whenever the same rows are planned. */
  readonly id: string
  readonly prompt: BenchmarkPrompt
  readonly a: string
  readonly b: string
}

/** A response to score. A `ResponseItem` of `@prefkit/rubrics` with an id. */
export interface ResponseToScore {
  /** Unique within the plan, and the same whenever the same rows are planned. */
  readonly id: string
  readonly prompt: BenchmarkPrompt
  readonly response: string
}

/** Responses of which the best is to be named. A `ListItem` of `@prefkit/rubrics` with an id. */
export interface ListToJudge {
  /** Unique within the plan, and the same whenever the same rows are planned. */
  readonly id: string
  readonly prompt: BenchmarkPrompt
  readonly responses: readonly string[]
}

/** What a judge says of a pair; a `PairJudgement` of `@prefkit/judges` is one. */
export interface PairVerdict {
  readonly verdict: 'a' | 'b' | 'tie' | 'abstained'
  /** P(a is better), in [0, 1]; only AlpacaEval reads it. */
  readonly winProbability?: number
}

/** What came of a pair; null where the judge failed. */
export type PairOutcome = PairVerdict | null

/** The score of a response, finite; null where there is none. */
export type ScoreOutcome = number | null

/** Index of the best response, in the order shown; null where the judge named none. */
export type ListOutcome = number | null

/** Options of every {@link BenchmarkTask}. */
export interface BenchmarkOptions {
  /** Integer that places answers at random where a benchmark does, and draws intervals. Default 0. */
  seed?: number
  /** Resamples of intervals, ≥ 1. Default 1,000. */
  resamples?: number
  /** Coverage of intervals, between 0 and 1. Default 0.95. */
  confidence?: number
}

/** A share or mean, with the rows that it rests on. */
export interface BenchmarkPart extends Statistic {
  /** The subset, section or domain, as the benchmark names it. */
  readonly name: string
  /** How many rows it rests on. */
  readonly rows: number
}

/** How the items of a plan came out; what a tie, an abstention or a failure scores is the benchmark's rule. */
export interface OutcomeCounts {
  /** Rows that were scored. */
  readonly rows: number
  /** Rows that the task leaves out. */
  readonly skipped: number
  /** Ties: items, where verdicts can be ties; of scores, comparisons of equal ones, of which a row can have several. */
  readonly ties: number
  /** Items of which the judge would not say. */
  readonly abstained: number
  /** Items without an outcome: pairs, responses, lists or prompts, as the task has them. */
  readonly failed: number
}

/** What every benchmark reports: plain JSON. */
export interface BenchmarkReport {
  /** The name of the benchmark. */
  readonly benchmark: string
  /** The name of the task. */
  readonly task: string
  /** The headline, a share or a score made of shares. */
  readonly overall: Statistic
  /** What the headline is made of, such as sections or domains, in the original's order. */
  readonly sections: readonly BenchmarkPart[]
  /** The finest parts. */
  readonly subsets: readonly BenchmarkPart[]
  readonly counts: OutcomeCounts
  /** What {@link BenchmarkOptions.seed} was. */
  readonly seed: number
}

/** What a benchmark knows of an item, for reports: whoever judges must not see it. */
export interface ItemLabel {
  /** Index of the item's row among those that were planned. */
  readonly row: number
  /** The row's subset, domain or source. */
  readonly group?: string
  /**
   * Of a pair, which response is right: `a`, `b` or, where people saw none better, `tie`. Of a response, 1 where it is right,
   * else 0. Of a list, the index of the right one.
   */
  readonly expected: 'a' | 'b' | 'tie' | number
}

/** What has to be judged, and what the outcomes come to. */
export interface BenchmarkPlan<Item, Outcome, Report extends BenchmarkReport> {
  readonly items: readonly Item[]
  /** What is right of each item, in their order; absent where the benchmark does not say. */
  readonly labels?: readonly ItemLabel[]
  /** Takes one outcome an item, in their order. Throws EvalsError `INVALID_OUTCOME`. */
  readonly score: (outcomes: readonly Outcome[]) => Report
}

/** One way to run a benchmark: by comparing, by scoring, by choosing. */
export interface BenchmarkTask<Kind extends string, Row, Item, Outcome, Report extends BenchmarkReport> {
  /** What the items are, and so what outcomes they take. */
  readonly kind: Kind
  /**
   * Throws EvalsError `EMPTY` without rows, or without one that the task can use, `INVALID_ROW` for rows that it cannot
   * read, `INVALID_OPTION`.
   */
  readonly plan: (rows: readonly Row[], options?: BenchmarkOptions) => BenchmarkPlan<Item, Outcome, Report>
}

/** A task of pairs to compare. */
export type PairTask<Row, Report extends BenchmarkReport> = BenchmarkTask<
  'pairs',
  Row,
  PairToJudge,
  PairOutcome,
  Report
>

/** A task of responses to score. */
export type ScoreTask<Row, Report extends BenchmarkReport> = BenchmarkTask<
  'responses',
  Row,
  ResponseToScore,
  ScoreOutcome,
  Report
>

/** A task of lists of which to choose the best. */
export type ListTask<Row, Report extends BenchmarkReport> = BenchmarkTask<
  'lists',
  Row,
  ListToJudge,
  ListOutcome,
  Report
>

/** A benchmark: how its rows are read, and the ways to run it. */
export interface Benchmark<
  Row,
  Tasks extends Readonly<Record<string, unknown>> = Readonly<Record<string, unknown>>,
> {
  /** As a command would call it, such as `reward-bench`. */
  readonly name: string
  /** As its authors write it. */
  readonly title: string
  /** Where its rules come from: repository and commit. */
  readonly source: string
  /**
   * Rows out of parsed JSON, checked. Throws EvalsError `INVALID_ROW`, whose message names the row, from 1, and the
   * field; `EMPTY` without rows.
   */
  readonly rows: (values: readonly unknown[]) => Row[]
  /** Ways to run it, by name. */
  readonly tasks: Tasks
}
