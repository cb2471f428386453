import { jit, reduceSum, type Tensor, valueAndGrad } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { everyLoss, type Inputs, type Row } from './every-loss'

const rows = Object.entries(everyLoss).flatMap(([loss, rows]) =>
  rows.map((row, i) => [`${loss} #${i}`, row] as const),
)

/** How many examples the inputs of the table have. */
const BATCH = 4

/** Losses, metrics and the gradient of the sum of the losses, as one graph, of a batch whose size is a name or a number. */
async function run({ learnt, given = {}, of }: Row, batch: 'B' | null): Promise<[string, Tensor][]> {
  const isBatch = ([, { dims }]: [string, Tensor]) => dims[0] === BATCH
  const all = Object.entries(given)
  const beside = Object.fromEntries(all.filter(isBatch))
  const others = Object.fromEntries(all.filter((entry) => !isBatch(entry)))
  const whole = jit(
    (learnt: Inputs, beside: Inputs, others: Inputs) =>
      valueAndGrad(
        (learnt: Inputs): [Tensor, Inputs] => {
          const outcome = of({ ...learnt, ...beside, ...others } as never)
          const { losses, metrics = {} } = 'losses' in outcome ? outcome : { losses: outcome }
          return [reduceSum(losses), { losses, ...metrics }]
        },
        { hasAux: true },
      )<Inputs>(learnt),
    { backend: 'reference', symbolicDims: [[batch], [batch]] },
  )
  const [[, values], gradients] = await whole(learnt, beside, others)
  await whole.release()
  return [
    ...Object.entries(values),
    ...Object.entries(gradients).map(([name, slope]): [string, Tensor] => [`gradient of ${name}`, slope]),
  ]
}

describe('every loss of a batch whose size is a name', () => {
  it.each(rows)(
    '%s has the losses, metrics and gradients of one whose size is a number',
    async (_name, row) => {
      const [named, counted] = [await run(row, 'B'), await run(row, null)]
      expect(named.map(([name, x]) => [name, x.toArray()])).toEqual(
        counted.map(([name, x]) => [name, x.toArray()]),
      )
    },
  )
})
