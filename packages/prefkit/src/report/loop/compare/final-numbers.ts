import { evaluationsOf } from '../evaluations'
import { courseOf, type Outcome, outcomesOf, promptChanges } from '../outcomes'
import { heldOutAccuracies, type RunData, recordsOf } from '../run-data'
import { seriesOf } from '../step-series'

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

/** The last number of that name that the stage has logged: others may log another thing under it. */
const logged = (stage: string, key: string, told: Pick<FinalNumber, 'name' | 'meaning'>): FinalNumber => ({
  ...{ ...told, percent: true },
  of: (run) => seriesOf(recordsOf(run, stage), key).at(-1)?.value,
})

/** Of the reward model. */
const ofPairs = (name: string, meaning: string, key: string): FinalNumber =>
  logged('reward_model', key, { name, meaning })

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
  accuracy: ofPairs(
    'Accuracy',
    'Share of held-out pairs that the reward model decides as they are labelled',
    heldOutAccuracies.reward_model,
  ),
  front: ofPairs('Front', 'Accuracy with the chosen response shown first', 'eval_accuracy/front'),
  back: ofPairs('Back', 'Accuracy with the chosen response shown second', 'eval_accuracy/back'),
  gap: ofPairs('Gap', 'Front accuracy less back accuracy', 'eval_accuracy/gap'),
  judgeAccuracy: logged('judge', heldOutAccuracies.judge, {
    name: 'Judge accuracy',
    meaning: 'Share of held-out pairs that the judge scores as they are labelled',
  }),
} as const satisfies Record<string, FinalNumber>
