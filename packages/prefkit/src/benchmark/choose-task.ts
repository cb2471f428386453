import { PrefkitError } from '../prefkit-error'
import { type Ability, type BenchmarkEntry, scoringFormats } from './benchmark-names'

const quoted = (names: readonly string[]): string => names.join(', ')

/** The first task that asks for one of some abilities, the ability asked for first first. */
const firstOf = ({ tasks }: BenchmarkEntry, abilities: readonly Ability[]): string | undefined =>
  abilities
    .map((ability) => Object.keys(tasks).find((task) => tasks[task] === ability))
    .find((task) => task !== undefined)

/** What a command says that decides its task. */
export interface TaskWishes {
  readonly task?: string | undefined
  readonly judge?: string | undefined
  readonly format?: string | undefined
  /** The first row of recorded outcomes. */
  readonly outcome?: Readonly<Record<string, unknown>> | undefined
}

/** What a judge does best, by its name and by how it is asked; or what was recorded of one. */
function abilitiesOf({ judge, format, outcome = {} }: TaskWishes): readonly Ability[] {
  if (Object.hasOwn(outcome, 'score')) return ['scores', 'rates']
  if (Object.hasOwn(outcome, 'choice') || Object.hasOwn(outcome, 'ranking')) return ['chooses']
  if (judge?.startsWith('reward-model:')) return ['scores', 'compares']
  if (scoringFormats.some((name) => name === format)) return ['rates', 'scores']
  return ['compares', 'chooses', 'checks', 'scores']
}

/**
 * The task that a command runs: the one it names, or what suits the judge.
 * @throws PrefkitError `INVALID_CONFIG` for a task that the benchmark does not have.
 */
export function chooseTask(entry: BenchmarkEntry, asked: TaskWishes): string {
  const tasks = Object.keys(entry.tasks)
  const { task } = asked
  if (task === undefined) return firstOf(entry, abilitiesOf(asked)) ?? tasks[0]!
  if (tasks.includes(task)) return task
  const message = `--task: expected ${quoted(tasks)} of ${entry.title}, got ${JSON.stringify(task)}`
  throw new PrefkitError('INVALID_CONFIG', message)
}
