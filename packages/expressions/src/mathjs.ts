import {
  addDependencies,
  create,
  divideDependencies,
  erfDependencies,
  type MathJsInstance,
  multiplyDependencies,
  parseDependencies,
  powDependencies,
  subtractDependencies,
  unaryMinusDependencies,
  unaryPlusDependencies,
} from 'mathjs/number'

let instance: MathJsInstance | undefined

/**
 * mathjs with what this package calls and no more: plain numbers, the parser, the operators that expressions may have
 * and erf. Made when first asked for, so that importing the package does no work.
 */
export function mathjs(): MathJsInstance {
  instance ??= create({
    addDependencies,
    divideDependencies,
    erfDependencies,
    multiplyDependencies,
    parseDependencies,
    powDependencies,
    subtractDependencies,
    unaryMinusDependencies,
    unaryPlusDependencies,
  })
  return instance
}
