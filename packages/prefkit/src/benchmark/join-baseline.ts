import { PrefkitError } from '../prefkit-error'
import type { WorkOptions } from '../reward/progress'
import type { LocatedRow } from '../tables/located-row'
import { placeText } from '../tables/place-text'
import { readRows } from '../tables/read-rows'

const isOutput = ({ value }: LocatedRow): boolean =>
  typeof value.instruction === 'string' && typeof value.output === 'string'

function requireOutputs(rows: readonly LocatedRow[]): readonly LocatedRow[] {
  const bad = rows.find((row) => !isOutput(row))
  if (!bad) return rows
  const message = `${placeText(bad.place)}: expected text fields instruction and output, as in AlpacaEval's model_outputs.json`
  throw new PrefkitError('BAD_ROW', message)
}

/**
 * How a model's outputs become rows of AlpacaEval: with those of a baseline to the same instructions.
 * @throws PrefkitError `BAD_ROW` for a row that is no output, and for an instruction that the baseline has not answered.
 */
export async function joinBaseline(
  baseline: string,
  work: WorkOptions = {},
): Promise<(rows: readonly LocatedRow[]) => readonly LocatedRow[]> {
  const answers = new Map(
    requireOutputs(await readRows([baseline], work)).map(({ value }) => [value.instruction, value.output]),
  )
  return (rows) =>
    requireOutputs(rows).map((row) => {
      const { instruction, output } = row.value
      if (answers.has(instruction)) {
        return { ...row, value: { instruction, output_1: answers.get(instruction), output_2: output } }
      }
      const shown = JSON.stringify(String(instruction).slice(0, 60))
      const message = `--baseline: ${baseline} has no output for the instruction ${shown} of ${placeText(row.place)}`
      throw new PrefkitError('BAD_ROW', message)
    })
}
