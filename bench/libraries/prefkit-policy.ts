import {
  gae,
  groupRelativeAdvantages,
  tokenAdvantages,
  whiten,
} from '../../packages/advantages/dist/index.js'
import { ppoLoss, tokenMean } from '../../packages/losses/dist/index.js'
import { type Backend, jit, type Tensor, tensor, valueAndGrad } from '../../packages/tensor/dist/index.js'
import type { PolicyData } from '../data.ts'
import { again, probe, type Work } from '../work.ts'

/** A matrix of the batch, as the estimators take it. */
const matrixOf = ({ arrays, responses, tokens }: PolicyData) => {
  const shape = [responses, tokens] as const
  return (name: string) => ({ data: arrays[name]!, shape })
}

/** The mask as bytes. */
const maskOf = ({ arrays, responses, tokens }: PolicyData) => ({
  data: Uint8Array.from(arrays.mask!),
  shape: [responses, tokens] as const,
})

export function prepareGae(data: PolicyData): Work['run'] {
  const matrix = matrixOf(data)
  const [rewards, values, mask] = [matrix('rewards'), matrix('values'), maskOf(data)]
  return again(() => {
    const { advantages, returns } = gae({ rewards, values, mask }, { gamma: 0.99, lambda: 0.95 })
    return [...probe(whiten(advantages, { mask, convention: 'verl' }), 0), ...probe(returns, 0)]
  })
}

/** Responses to one prompt. */
const groupSize = 8

export function prepareGroupRelative(data: PolicyData): Work['run'] {
  const mask = maskOf(data)
  const groups = Int32Array.from({ length: data.responses }, (_, i) => Math.floor(i / groupSize))
  return again(() => {
    const advantages = groupRelativeAdvantages(data.arrays.rewards!, { groups, convention: 'verl' })
    return probe(tokenAdvantages(advantages, mask), 0, data.tokens / 2)
  })
}

/** Loss, gradient and every metric; verl's convention does the most of all. */
export function preparePpoLoss(data: PolicyData, backend: Backend): Work['run'] {
  const { responses, tokens } = data
  const shape = [responses, tokens] as const
  const names = ['logprobs', 'oldLogprobs', 'advantages'] as const
  const given = names.map((name) => tensor(data.arrays[name]!, { shape: [...shape] }))
  const mask = tensor(maskOf(data).data, { shape: [...shape], dtype: 'bool' })
  const compiled = jit(
    (logprobs: Tensor, oldLogprobs: Tensor, advantages: Tensor, mask: Tensor) =>
      valueAndGrad(
        (logprobs: Tensor): [Tensor, Tensor[]] => {
          const inputs = { logprobs, oldLogprobs, advantages, mask }
          const { losses, metrics } = ppoLoss(inputs, { convention: 'verl' })
          return [tokenMean(losses, { mask }), Object.values(metrics)]
        },
        { hasAux: true },
      )(logprobs),
    { backend },
  )
  return again(async () => {
    const [[loss, metrics], gradient] = await compiled(...(given as [Tensor, Tensor, Tensor]), mask)
    for (const metric of metrics) metric.item()
    // Of a mean over so many each has a small part: as large as the loss they show when they differ.
    const parts = probe({ data: gradient.data as Float32Array, shape }, 0, tokens / 2)
    return [loss.item(), ...parts.map((part) => part * responses * tokens)]
  })
}
