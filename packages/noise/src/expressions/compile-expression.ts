import type { FunctionNode, MathNode, OperatorNode, SymbolNode } from 'mathjs/number'
import { checkRange, checkRecord } from '../check-options'
import { mathjs } from '../mathematics/mathjs'
import { NoiseError } from '../noise-error'
import { type Call, checkTokens } from './check-tokens'
import { expressionError } from './expression-error'
import { expressionConstants, expressionFunctions } from './expression-functions'

/** Numbers by the names that an expression calls them. */
export type ExpressionParameters = Readonly<Record<string, number>>

const operators = ['add', 'subtract', 'multiply', 'divide', 'pow', 'unaryMinus', 'unaryPlus']

/** Kinds of nodes that are allowed, each with what it has to fulfil. The tokens are known to be good by now. */
const nodeChecks: Readonly<Record<string, (node: MathNode) => boolean>> = {
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

function checkParameters(variable: string, parameters: ExpressionParameters): void {
  checkRecord('parameters', parameters, 'an object of numbers by name')
  for (const [name, value] of Object.entries(parameters)) {
    const taken = name === variable || name in expressionFunctions || name in expressionConstants
    if (taken || !/^[A-Za-z_]\w*$/.test(name)) {
      const reason = taken ? 'the name is taken' : 'expected a name of letters, digits and _'
      throw new NoiseError('INVALID_OPTION', 'parameters', `parameters.${name}: ${reason}`)
    }
    checkRange(`parameters.${name}`, value, Number.NEGATIVE_INFINITY)
  }
}

/**
 * The function of one variable that an expression says. It is parsed by mathjs; it cannot assign, define, index, read
 * properties, or call anything but the functions in the list, and what it calls are plain functions of numbers.
 *
 * @throws NoiseError `INVALID_EXPRESSION` with the place of the mistake; `INVALID_OPTION`, `OUT_OF_RANGE` for parameters.
 */
export function compileExpression(
  source: string,
  variable: string,
  parameters: ExpressionParameters = {},
): (value: number) => number {
  if (typeof source !== 'string') {
    const message = `expression is ${String(source)}; expected a string`
    throw new NoiseError('INVALID_EXPRESSION', 'expression', message)
  }
  checkParameters(variable, parameters)
  const calls = checkTokens(source, [variable, ...Object.keys(parameters)])
  const tree = parse(source)
  checkNodes(source, tree, calls)
  const functions = Object.entries(expressionFunctions).map(([name, { compute }]) => [name, compute] as const)
  const scope = new Map<string, unknown>([
    ...Object.entries({ ...expressionConstants, ...parameters }),
    ...functions,
  ])
  const compiled = tree.compile()
  return (value) => {
    scope.set(variable, value)
    return compiled.evaluate(scope) as number
  }
}
