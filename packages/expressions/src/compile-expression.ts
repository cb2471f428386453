import type { FunctionNode, MathNode, OperatorNode, SymbolNode } from 'mathjs/number'
import { type Call, checkTokens } from './check-tokens'
import { ExpressionError, expressionError } from './expression-error'
import { expressionConstants, expressionFunctions } from './expression-functions'
import { mathjs } from './mathjs'

/** Numbers by the names that an expression calls them. */
export type ExpressionParameters = Readonly<Record<string, number>>

const operators = ['add', 'subtract', 'multiply', 'divide', 'pow', 'unaryMinus', 'unaryPlus']

/** Kinds of nodes that are allowed, each with what it has to fulfil. The tokens are known to be good by now. */
const nodeChecks: Readonly<Record<string, (node: MathNode) => boolean>> = {
  // mathjs's declarations have no value on a node of any kind; the key says that this one is a constant.
  ConstantNode: (node) => typeof (node as unknown as { value: unknown }).value === 'number',
  FunctionNode: () => true,
  OperatorNode: (node) => operators.includes((node as OperatorNode).fn),
  ParenthesisNode: () => true,
  SymbolNode: () => true,
}

function checkNodes(source: string, tree: MathNode, calls: readonly Call[]): void {
  let visited = 0
  // Outer calls come before inner ones and left before right: in the order of the source, as `calls` has them.
  tree.traverse((node) => {
    if (!nodeChecks[node.type]?.(node)) throw expressionError(source, 1, `a ${node.type} is not allowed`)
    if (node.type !== 'FunctionNode') return
    const { fn, args } = node as FunctionNode
    const { name } = fn as SymbolNode
    const { character } = calls[visited++]!
    const { least, most } = expressionFunctions[name]!
    if (args.length >= least && args.length <= most) return
    const expected = least === most ? `${least}` : `${least} to ${most}`
    const mistake = `${name} has ${args.length} arguments; expected ${expected}`
    throw expressionError(source, character, mistake)
  })
}

function parse(source: string): MathNode {
  try {
    return mathjs().parse(source)
  } catch (error) {
    const { message, char = 1 } = error as Error & { char?: number }
    throw expressionError(source, Math.min(char, source.length + 1), message.replace(/ \(char \d+\)$/, ''))
  }
}

const namePattern = /^[A-Za-z_]\w*$/

/** Words that mathjs has a meaning of its own for, whatever a scope says. */
const reserved: readonly string[] = [
  ...['true', 'false', 'null', 'undefined', 'NaN', 'Infinity', 'end'],
  ...['not', 'mod', 'to', 'in', 'and', 'or', 'xor'],
]

const isTaken = (name: string) =>
  Object.hasOwn(expressionFunctions, name) ||
  Object.hasOwn(expressionConstants, name) ||
  reserved.includes(name)

/** A value for messages; strings, which print as numbers do, are told apart from them. */
const shown = (value: unknown) =>
  typeof value === 'string' ? `the string ${JSON.stringify(value)}` : String(value)

/** Throws `INVALID_OPTION` unless `name` can be the name of a number, and none has it yet. */
function checkName(parameter: string, written: string, name: unknown, taken: boolean): void {
  const valid = typeof name === 'string' && namePattern.test(name)
  if (valid && !taken) return
  const reason = valid ? 'the name is taken' : 'expected a name of letters, digits and _'
  throw new ExpressionError('INVALID_OPTION', parameter, `${written}: ${reason}`)
}

function checkVariables(variables: readonly string[]): void {
  const given: readonly unknown[] = variables
  given.forEach((name, i) => {
    const taken = typeof name === 'string' && (isTaken(name) || given.indexOf(name) < i)
    checkName('variable', `variable ${String(name)}`, name, taken)
  })
}

function checkParameters(variables: readonly string[], parameters: ExpressionParameters): void {
  const given: unknown = parameters
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const message = `parameters is ${shown(given)}; expected an object of numbers by name`
    throw new ExpressionError('INVALID_OPTION', 'parameters', message)
  }
  for (const [name, value] of Object.entries(parameters)) {
    checkName('parameters', `parameters.${name}`, name, variables.includes(name) || isTaken(name))
    if (Number.isFinite(value)) continue
    const message = `parameters.${name} is ${shown(value)}; expected a finite number`
    throw new ExpressionError('OUT_OF_RANGE', `parameters.${name}`, message)
  }
}

/** More values than variables are passed over: `map` hands an index and the array to a function as well. */
function checkCount(variables: readonly string[], values: readonly number[]): void {
  const lacking = variables.find((_, i) => values[i] === undefined)
  if (lacking === undefined) return
  const message = `${lacking} is missing; expected a number for each of ${variables.join(', ')}`
  throw new ExpressionError('INVALID_OPTION', lacking, message)
}

/**
 * The function that an expression says: `min(1.4, 1.2 + 0.1*delta)` of `delta`.
 *
 * It may have numbers, the variables, the parameters, `e`, `pi`, + − * / ^, parentheses, and the functions `abs`, `atan`,
 * `erf`, `exp`, `log` (natural), `log1p`, `max`, `min`, `normalCdf`, `sigmoid`, `sqrt` and `tanh`. The sign of a product cannot
 * be left out: `2*x`, not `2 x`. It is parsed by mathjs; it cannot assign, define, index, read properties, or call anything else, so that an expression from a configuration file
 * can compute and do nothing else. At most 500 characters and 30 nested parentheses.
 *
 * What it gives is not checked: the logarithm of −1 is NaN.
 *
 * @param variable the name of the variable, or names of several; the function takes a number for each, in that order.
 * @param parameters numbers that the expression may name.
 * @throws ExpressionError `INVALID_EXPRESSION` with the place of the mistake; `INVALID_OPTION`, `OUT_OF_RANGE` for the
 *   variables and parameters, and, from the function, for a variable without a number.
 */
export function compileExpression(
  source: string,
  variable: string,
  parameters?: ExpressionParameters,
): (value: number) => number
export function compileExpression(
  source: string,
  variable: readonly string[],
  parameters?: ExpressionParameters,
): (...values: number[]) => number
export function compileExpression(
  source: string,
  variable: string | readonly string[],
  parameters: ExpressionParameters = {},
): (...values: number[]) => number {
  if (typeof source !== 'string') {
    const message = `expression is ${String(source)}; expected a string`
    throw new ExpressionError('INVALID_EXPRESSION', 'expression', message)
  }
  const variables = Array.isArray(variable) ? (variable as readonly string[]) : [variable as string]
  checkVariables(variables)
  checkParameters(variables, parameters)
  const calls = checkTokens(source, [...variables, ...Object.keys(parameters)])
  const tree = parse(source)
  checkNodes(source, tree, calls)
  const functions = Object.entries(expressionFunctions).map(([name, { compute }]) => [name, compute] as const)
  const scope = new Map<string, unknown>([
    ...Object.entries({ ...expressionConstants, ...parameters }),
    ...functions,
  ])
  const compiled = tree.compile()
  return (...values) => {
    checkCount(variables, values)
    variables.forEach((name, i) => {
      scope.set(name, values[i])
    })
    return compiled.evaluate(scope) as number
  }
}
