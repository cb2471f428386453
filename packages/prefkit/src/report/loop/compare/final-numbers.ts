import { evaluationsOf } from '../evaluations'
import { courseOf, type Outcome, outcomesOf, promptChanges } from '../outcomes'
import type { RunData } from '../run-data'
import { numberAt } from '../step-series'

/** A number of a whole run. */
export interface FinalNumber {
  readonly name: string
  /** What it is, where the name is not enough. */
  readonly meaning?: string
  readonly percent?: boolean
  readonly of: (run: RunData) => number | undefined
}

/** What an outcome came to at last. */
const atLast = (key: keyof ReturnType<typeof outcomesOf>): FinalNumber => {
  const { name, percent }: Outcome = outcomesOf({})[key]
  return {
    name,
    ...(percent && { percent }),
    of: (run) => courseOf(run, outcomesOf(run.settings)[key])?.to,
  }
}

/** The last number of that name that any stage has logged. */
const logged = (name: string, meaning: string, names: readonly string[]): FinalNumber => ({
  ...{ name, meaning, percent: true },
  of: ({ records }) =>
    numberAt(
      records.findLast((record) => numberAt(record, names) !== undefined),
      names,
    ),
})

const goldenWins: FinalNumber = {
  name: 'Golden win rate',
  meaning:
    'Share of held-out prompts whose last response has more golden reward than the first; equal ones count half',
  percent: true,
  of: (run) => {
    const { golden } = outcomesOf(run.settings)
    const evaluations = evaluationsOf(run)
    const [first, last] = [evaluations[0], evaluations.at(-1)]
    if (!first || !last || first === last) return undefined
    const changes = promptChanges(first, last, golden)
    if (changes.length === 0) return undefined
    const won = changes.map((change) => (change > 0 ? 1 : change < 0 ? 0 : 0.5))
    return won.reduce<number>((sum, win) => sum + win, 0) / won.length
  },
}

/** Numbers that runs are compared by. */
export const finalNumbers = {
  goldenWins,
  golden: atLast('golden'),
  win: atLast('win'),
  kl: atLast('kl'),
  length: atLast('length'),
  accuracy: logged('Accuracy', 'Share of held-out pairs decided as they are labelled', [
    'eval_accuracy',
    'eval_rewards/accuracies',
  ]),
  front: logged('Front', 'Accuracy with the chosen response shown first', ['eval_accuracy/front']),
  back: logged('Back', 'Accuracy with the chosen response shown second', ['eval_accuracy/back']),
  gap: logged('Gap', 'Front accuracy less back accuracy', ['eval_accuracy/gap']),
} as const satisfies Record<string, FinalNumber>
