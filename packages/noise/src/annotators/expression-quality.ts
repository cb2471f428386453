import { compileExpression, ExpressionError, type ExpressionParameters } from '@prefkit/expressions'
import { checkNames } from '../check-options'
import { NoiseError } from '../noise-error'
import { checkQualityFunction, type QualityCheckOptions } from './check-quality-function'
import { type QualityFunction, withinQuality } from './quality-annotator'

/** Options of {@link expressionQuality}. */
export interface ExpressionQualityOptions extends QualityCheckOptions {
  /** Numbers that the expression may name, such as `{ beta: 2 }`. Default: none. */
  parameters?: ExpressionParameters
}

/** The expression as a function; what is wrong with it is an error of this package, with the same code and message. */
function compileQuality(expression: string, parameters: ExpressionParameters | undefined) {
  try {
    return compileExpression(expression, 'delta', parameters)
  } catch (error) {
    if (!ExpressionError.isInstance(error)) throw error
    throw new NoiseError(error.code, error.parameter, error.message)
  }
}

/**
 * An annotation quality function ξ written down: `'0.5 + 0.5*tanh(beta*delta/2)'`, where `delta` is |Δr| ≥ 0.
 *
 * It may have numbers, `delta`, `e`, `pi`, the parameters given, + − * / ^, parentheses, and the functions `abs`, `atan`, `erf`,
 * `exp`, `log` (natural), `log1p`, `max`, `min`, `normalCdf`, `sigmoid`, `sqrt` and `tanh`. Nothing else gets past the check,
 * so that an expression from a configuration file can compute and do nothing else. ξ is then checked as by
 * `checkQualityFunction`; each value that it gives later has to be in [½, 1] too.
 *
 * Source: 2411.04991, Assumption 5. Proven against its equation, for the expressions of `logisticAnnotator` and
 * `probitAnnotator`.
 *
 * @throws NoiseError `INVALID_EXPRESSION` with the place of the mistake, `OUT_OF_RANGE`, `NOT_MONOTONE`, `INVALID_OPTION`.
 */
export function expressionQuality(
  expression: string,
  options: ExpressionQualityOptions = {},
): QualityFunction {
  checkNames('expressionQuality', options, { parameters: true, maxDelta: true })
  const { parameters, ...range } = options
  const compute = compileQuality(expression, parameters)
  const quality = (delta: number) => withinQuality(compute(delta), delta)
  checkQualityFunction(quality, range)
  return quality
}
