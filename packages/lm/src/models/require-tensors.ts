import type { ParameterShapes } from '../config/parameter-shapes'
import { LmError } from '../lm-error'
import type { Weights } from './weights'

/**
 * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` naming the first tensor that lacks, has no place, or is of another shape
 *   or element type than f32.
 */
export function requireTensors(owner: string, shapes: ParameterShapes, tensors: Weights): void {
  const missing = Object.keys(shapes).find((name) => !tensors[name])
  if (missing !== undefined) {
    throw new LmError('MISSING_TENSOR', `${owner}: expected a tensor ${missing}, got none`)
  }
  requireShapes(owner, shapes, tensors)
}

/** @throws LmError `TENSOR_MISMATCH` naming the first tensor that has no place, or is of another shape or element type than f32. */
export function requireShapes(owner: string, shapes: ParameterShapes, tensors: Weights): void {
  for (const [name, { shape, dtype }] of Object.entries(tensors)) {
    const expected = shapes[name]
    if (expected && dtype === 'f32' && `${expected}` === `${shape}`) continue
    const wanted = expected ? `f32 [${expected}]` : 'no tensor of this name'
    throw new LmError('TENSOR_MISMATCH', `${owner}: ${name}: expected ${wanted}, got ${dtype} [${shape}]`)
  }
}
