import { checkArray } from '../check-numbers'
import { NoiseError } from '../noise-error'
import { type Annotator, checkAnnotator } from './annotator'

/**
 * Several annotators as one: a comparison that annotator a answers is answered by the model at index a.
 *
 * Source: this package. Proven against its definition.
 *
 * @param annotators at least one.
 * @throws NoiseError `TOO_FEW` for none; `SHAPE_MISMATCH`, `INVALID_OPTION` for what are no annotators; when asked, `OUT_OF_RANGE` for an annotator that is not among them.
 */
export function annotatorPool(annotators: readonly Annotator[]): Annotator {
  checkArray('annotators', annotators)
  if (annotators.length === 0)
    throw new NoiseError('TOO_FEW', 'annotators', 'annotators is empty; expected at least one')
  const pool = [...annotators]
  pool.forEach((annotator, i) => {
    checkAnnotator(`annotators[${i}]`, annotator)
  })
  return (delta, context) => {
    const annotator = pool[context.annotator]
    if (annotator) return annotator(delta, context)
    const message = `annotator is ${context.annotator}; the pool has annotators 0 to ${pool.length - 1}`
    throw new NoiseError('OUT_OF_RANGE', 'annotator', message)
  }
}
