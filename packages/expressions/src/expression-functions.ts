import { mathjs } from './mathjs'
import { normalCdf } from './normal-cdf'
import { sigmoid } from './sigmoid'

/** A function of expressions: what it computes, and of how many arguments. */
interface ExpressionFunction {
  readonly compute: (...values: number[]) => number
  readonly least: number
  readonly most: number
}

const unary = (compute: (x: number) => number): ExpressionFunction => ({ compute, least: 1, most: 1 })

/** All functions that an expression may call. */
export const expressionFunctions: Readonly<Record<string, ExpressionFunction>> = {
  abs: unary(Math.abs),
  atan: unary(Math.atan),
  erf: unary((x) => mathjs().erf(x)),
  exp: unary(Math.exp),
  log: unary(Math.log),
  log1p: unary(Math.log1p),
  max: { compute: Math.max, least: 1, most: 20 },
  min: { compute: Math.min, least: 1, most: 20 },
  normalCdf: unary(normalCdf),
  sigmoid: unary(sigmoid),
  sqrt: unary(Math.sqrt),
  tanh: unary(Math.tanh),
}

/** All constants that an expression may name. */
export const expressionConstants: Readonly<Record<string, number>> = { e: Math.E, pi: Math.PI }
