import { globalNorm } from '@prefkit/nn'
import { add, type BackendChoice, jit, releaseTree, treeZip } from '@prefkit/tensor'
import { LmError } from '../lm-error'
import type { Weights } from '../models/weights'

/** Gradients of batches, added up until weights move by them. */
export function gradientSum(backend?: BackendChoice) {
  const where = backend === undefined ? {} : { backend }
  const norm = jit((gradients: Weights) => globalNorm(gradients), where)
  const addition = jit((a: Weights, b: Weights) => ({ sum: treeZip(add, a, b) }), {
    ...where,
    resident: ['sum'],
    donate: [0, 1],
  })
  let sum: Weights | undefined
  const take = (): Weights | undefined => {
    const waiting = sum
    sum = undefined
    return waiting
  }
  return {
    get waiting() {
      return sum !== undefined
    },
    /** Uses the gradient up. */
    async add(gradient: Weights): Promise<void> {
      const before = take()
      sum = before ? (await addition(before, gradient)).sum : gradient
    },
    /**
     * The sum and its norm; it is forgotten here.
     * @throws LmError `INVALID_OPTION` when there is none, `DIVERGED` when its norm is not finite.
     */
    async use(): Promise<{ readonly gradients: Weights; readonly size: number }> {
      if (!sum) throw nothingWaits()
      const size = (await norm(sum)).item()
      const gradients = take()!
      if (Number.isFinite(size)) return { gradients, size }
      releaseTree(gradients)
      throw diverged(size)
    },
    forget(): void {
      releaseTree(take())
    },
    graphs: () => [norm, addition],
  }
}

function nothingWaits(): LmError {
  const problem = 'expected gradients of a forwardBackward since the last update, got none'
  return new LmError('INVALID_OPTION', `optimStep: ${problem}`)
}

function diverged(norm: number): LmError {
  const problem = `the gradient's norm is ${norm}: the weights stay as they are, and the gradient is forgotten`
  return new LmError('DIVERGED', `optimStep: ${problem}`)
}
