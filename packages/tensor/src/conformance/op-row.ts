import type { Tensor } from '../core/tensor'
import type { InputSpec } from './inputs'

/** An op as the table runs it: tensors in, one or several tensors out. */
export type Op = (...inputs: Tensor[]) => Tensor | readonly Tensor[]

/** How far two results may lie apart: `|got − want| ≤ absolute + relative · |want|`. */
export interface Tolerance {
  readonly relative: number
  readonly absolute: number
}

/** One row of the conformance table. */
export interface OpRow {
  readonly name: string
  readonly op: Op
  readonly inputs: readonly InputSpec[]
  /** The primitive this row is about; it must be recorded by the op or by its vjp. */
  readonly primitive?: string
  /**
   * Compare gradients with finite differences too. Default: whenever an input is float. `false` where the function
   * has a kink at, or is not finite at, these inputs; its gradients are still compared between backends.
   */
  readonly smooth?: boolean
  /** Which inputs have the symbolic batch as their leading axis; absent: the row runs at its own sizes only. */
  readonly batched?: readonly boolean[]
  /** Replaces the backends' tolerance, with the reason beside the row. */
  readonly tolerance?: Tolerance
  /** Run only as given: not from transposed, sliced and broadcast storage. */
  readonly plainOnly?: boolean
}
