import { existsSync } from 'node:fs'
import { placeText } from '../../../tables/place-text'
import { readRows } from '../../../tables/read-rows'
import type { RunConfig } from '../config/run-config'
import type { RewardConfig } from '../config/sections/rewards'
import { type Check, type Problem, problemOf } from './problem'
import { rewardsOf } from './rewards-of'

/** A column of the prompts' rows that a reward reads. */
interface Wanted {
  readonly field: string
  /** What it has to be, in words. */
  readonly expected: string
  readonly isRight: (value: unknown) => boolean
  /** Where the reward says so. */
  readonly place: readonly PropertyKey[]
}

type Fields = Omit<Wanted, 'place'> & { readonly at?: string }

const list = { expected: 'a list', isRight: Array.isArray }

/** Columns that rewards read, by their types. */
const fields: { readonly [Type in RewardConfig['type']]?: (reward: never) => readonly Fields[] } = {
  exactAnswer: ({ field }: Extract<RewardConfig, { type: 'exactAnswer' }>) => [
    {
      ...{ field, at: 'field', expected: 'the right answer, text or a number' },
      isRight: (value) => typeof value === 'string' || typeof value === 'number',
    },
  ],
  ifeval: () => [
    { ...list, field: 'instruction_id_list' },
    { ...list, field: 'kwargs' },
  ],
}

function wantedOf(config: RunConfig): Wanted[] {
  return rewardsOf(config).flatMap(({ reward, place }) => {
    // The table has for each type the columns of its own.
    const own = (fields[reward.type] as ((reward: RewardConfig) => readonly Fields[]) | undefined)?.(reward)
    return (own ?? []).map(({ at, ...each }) => ({
      ...each,
      place: at === undefined ? place : [...place, at],
    }))
  })
}

const shown = (row: Readonly<Record<string, unknown>>, field: string): string =>
  Object.hasOwn(row, field)
    ? `got ${JSON.stringify(row[field])}`
    : `which has ${Object.keys(row).join(', ') || 'no fields'}`

/** Prompts whose rows lack what a reward reads of them: the first row of each that does. */
export const promptFieldProblems: Check<RunConfig> = async (config) => {
  const { prompts } = config
  const wanted = wantedOf(config)
  if (!prompts || wanted.length === 0) return []
  const read = async (files: readonly string[], place: string): Promise<Problem[]> => {
    // Those that are not there are told of among the files.
    if (!files.every((file) => existsSync(file))) return []
    const found: Problem[] = []
    const unreadable = await problemOf(['prompts', place], async () => {
      const rows = (await readRows(files)).slice(0, prompts.limit)
      for (const { field, expected, isRight, place: path } of wanted) {
        const lacking = rows.find(({ value }) => !isRight(value[field]))
        if (!lacking) continue
        const at = placeText(lacking.place)
        const problem = `expected ${expected}, in the column ${field} of each prompt: ${at} has none`
        found.push({ path, problem: `${problem}, ${shown(lacking.value, field)}` })
      }
    })
    return [...unreadable, ...found]
  }
  const parts = [
    read(prompts.files, 'files'),
    ...(prompts.heldOutFiles ? [read(prompts.heldOutFiles, 'heldOutFiles')] : []),
  ]
  return (await Promise.all(parts)).flat()
}
