import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'
import { type RunDirectory, readMetrics } from '../runs/run-directory'
import { designNames } from './design-names'
import type { PlanConfig } from './plan-config'
import type { PlanUnit, UnitResult } from './plan-simulation'

const unit = { design: z.enum(designNames), errorRate: z.number(), repeat: z.int() }

const schema = z.object({
  facts: z.object({
    ...unit,
    parameter: z.number(),
    designErrorRate: z.number(),
    worth: z.number().nullable(),
    available: z.int(),
    neededByTheory: z.number().nullable(),
  }),
  records: z.array(
    z.object({
      ...unit,
      labels: z.int(),
      accuracy: z.number(),
      predicted: z.number(),
      spearman: z.number(),
      risk: z.number(),
      expectedWrong: z.number(),
    }),
  ),
}) satisfies z.ZodType<UnitResult>

const nameOf = ({ design, errorRate, repeat }: PlanUnit): string =>
  `${design}, error rate ${errorRate}, repeat ${repeat}`

/** What is wrong with a line, if anything is. */
function faultOf(result: z.infer<typeof schema>, expected: PlanUnit | undefined, budgets: readonly number[]) {
  const { facts, records } = result
  if (!expected) return 'is one simulation more than the configuration has'
  const other = [facts, ...records].find((found) => nameOf(found) !== nameOf(expected))
  if (other) return `is of ${nameOf(other)}; the configuration has ${nameOf(expected)} here`
  const labels = budgets.filter((budget) => budget <= facts.available)
  const found = records.map((record) => record.labels)
  if (found.join() === labels.join()) return undefined
  return `has ${found.join(', ') || 'no'} labels; the configuration has ${labels.join(', ') || 'none'}`
}

/**
 * The simulations that a run has, in the order of its units.
 * @throws PrefkitError `DATA_CORRUPT` naming the line that is not what the configuration asks for in its place.
 */
export async function readResults(
  run: RunDirectory,
  units: readonly PlanUnit[],
  { budgets }: PlanConfig,
): Promise<UnitResult[]> {
  const lines = await readMetrics<unknown>(run)
  return lines.map((line, i) => {
    const place = `${run.metricsPath}:${i + 1}`
    const parsed = schema.safeParse(line)
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!
      throw new PrefkitError(
        'DATA_CORRUPT',
        `${place}: is no simulation of a plan: ${path.join('.')}: ${message}`,
      )
    }
    const fault = faultOf(parsed.data, units[i], budgets)
    if (fault !== undefined) throw new PrefkitError('DATA_CORRUPT', `${place}: ${fault}`)
    return parsed.data
  })
}
