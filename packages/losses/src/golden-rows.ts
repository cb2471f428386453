import { grad, reduceSum, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import * as api from './index'

/** One row of a golden file: what a reference implementation gives for these inputs. */
export interface GoldenRow {
  /** The entry of the table of `describeGoldens` that takes it. */
  loss: string
  case: string
  /** The public functions that it is evidence for: `dpoLoss (trl)` under that convention, `gpgLoss` that has none. */
  functions: string[]
  /** Whose numbers they are, such as “TRL 1.16.0”. */
  reference?: string
  options: object
  inputs: Record<string, NestedNumbers>
  losses: NestedNumbers
  metrics: Record<string, number>
  gradients: Record<string, NestedNumbers>
}

type NestedNumbers = number | NestedNumbers[]
type Inputs = Record<string, Tensor>
type Outcome = { losses: Tensor; metrics?: Readonly<Record<string, Tensor>> }

/** A loss under test, as a function of the inputs and options of its rows. */
export type UnderTest = (inputs: Inputs, options: never) => Outcome

/** What this package exports, to be used by the losses under test, so that a row can be held to its `functions`. */
export type Api = typeof api

/** Both sides work in double precision; what differs is the order of some tens of roundings. */
const TOLERANCE = 1e-12

/**
 * Checks each row's losses, the gradients of their sum, and the metrics, relative to the larger of 1 and the value; and that
 * the loss under test has called the functions that the row says it is evidence for, under the conventions that it says.
 * Metrics have a tolerance of their own where a reference adds a small number to what it divides by.
 */
export function describeGoldens(
  name: string,
  rows: GoldenRow[],
  lossesBy: (functions: Api) => Record<string, UnderTest>,
  metricTolerance = TOLERANCE,
): void {
  const called = new Set<string>()
  const losses = lossesBy(noting(called))
  describe(name, () => {
    rows.forEach((row, i) => {
      const loss = losses[row.loss]!
      const inputs = inputsOf(row)
      const of = (given: Inputs) => loss(given, row.options as never)

      it(`${row.loss} ${row.case} ${JSON.stringify(row.options).slice(0, 70)} #${i}`, () => {
        called.clear()
        const outcome = of(inputs)
        expect(row.functions).not.toEqual([])
        expect([...called]).toEqual(expect.arrayContaining(row.functions))
        expectClose('losses', outcome.losses, row.losses)
        for (const [metric, value] of Object.entries(row.metrics)) {
          // Shares of a batch are counted in f32.
          expectClose(metric, outcome.metrics![metric]!, value, metricTolerance)
        }
        const gradients = grad((given: Inputs) => reduceSum(of(given).losses))<Inputs>(inputs)
        for (const [input, gradient] of Object.entries(row.gradients)) {
          expectClose(`gradient of ${input}`, gradients[input]!, gradient)
        }
      })
    })
  })
}

/** What this package exports, with functions that note their calls in `called` as rows name them. */
function noting(called: Set<string>): Api {
  const conventions: Partial<Record<string, readonly string[]>> = api.conventions
  const noted = (target: (...args: never) => unknown) =>
    new Proxy(target, {
      apply(_, self, args: { convention?: string }[]) {
        const preset = conventions[target.name]?.[0]
        const convention = args.find((arg) => arg?.convention !== undefined)?.convention ?? preset
        called.add(preset === undefined ? target.name : `${target.name} (${convention})`)
        return Reflect.apply(target, self, args)
      },
    })
  const entries = Object.entries(api).map(([name, value]) => [
    name,
    typeof value === 'function' ? noted(value as never) : value,
  ])
  return Object.fromEntries(entries) as Api
}

const inputsOf = (row: GoldenRow): Inputs =>
  Object.fromEntries(
    Object.entries(row.inputs).map(([name, value]) => [name, tensor(value, { dtype: 'f64' })]),
  )

/** Compares element by element; says which one is off. */
function expectClose(what: string, got: Tensor, want: NestedNumbers, tolerance = TOLERANCE): void {
  const expected = [want].flat(9) as number[]
  expect([what, got.data.length]).toEqual([what, expected.length])
  expected.forEach((value, i) => {
    const error = Math.abs(got.data[i]! - value) / Math.max(1, Math.abs(value))
    if (!(error <= tolerance)) throw new Error(`${what}[${i}]: expected ${value}, got ${got.data[i]}`)
  })
}
