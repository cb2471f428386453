import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileExpression, ExpressionError } from './index'

const refused = (call: () => unknown): ExpressionError => {
  try {
    call()
  } catch (error) {
    if (ExpressionError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('values', () => {
  test.each<[expression: string, value: number]>([
    ['2 + 3*4', 14],
    ['(2 + 3)*4', 20],
    ['2^3^2', 512],
    ['-2^2', -4],
    ['2 * x', 6],
    ['max(x, (2))*(x)/2', 4.5],
    ['1.5e1 - .5', 14.5],
    ['abs(-x) + sqrt(16)', 7],
    ['atan(1)*4 - pi', 0],
    ['log(e^x) + log1p(0)', 3],
    ['exp(0) + tanh(0)', 1],
    ['max(1, x, 2) - min(x, 7)', 0],
    ['sigmoid(0) + normalCdf(0) + erf(0)', 1],
  ])('%s is %d where x is 3', (expression, value) => {
    expect(compileExpression(expression, 'x')(3)).toBeCloseTo(value, 14)
  })

  test('a graded reward of a margin, a straight line between two constants', () => {
    const f = compileExpression('min(1.4, 1.2 + 0.1 * delta)', 'delta')
    expect([0, 1, 2, 9].map(f)).toEqual([1.2, 1.3, 1.4, 1.4])
  })

  test('several variables are taken in the order of their names, parameters by name', () => {
    const line = compileExpression('a*x + y', ['y', 'x'], { a: 10 })
    expect(line(1, 2)).toBe(21)
    expect(line(2, 1)).toBe(12)
    expect(compileExpression('7', [])()).toBe(7)
  })

  test('functions of one source share nothing', () => {
    const [one, two] = [1, 2].map((a) => compileExpression('a*x', 'x', { a }))
    expect([one!(1), two!(1), one!(3), two!(3)]).toEqual([1, 2, 3, 6])
  })

  test('sums and products of arbitrary numbers are those of the language', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    const f = compileExpression('x*y + (x - y)/z', ['x', 'y', 'z'])
    fc.assert(
      fc.property(number, number, number, (x, y, z) => {
        expect(f(x, y, z)).toBe(x * y + (x - y) / z)
      }),
    )
  })
})

describe('refusals', () => {
  test.each<[expression: string, character: number, message: string]>([
    ['', 1, 'it is empty'],
    ['x +', 4, 'Unexpected end of expression'],
    ['tahn(x)', 1, 'unknown function tahn; allowed are abs, atan, erf'],
    ['2*xx', 3, 'unknown name xx; allowed are x, e, pi, and the functions abs'],
    ['x(2)', 1, 'x is a number, not a function; write x*(…)'],
    ['exp + 1', 1, 'exp is a function; write exp(…)'],
    ['1 + tanh(1, 2)', 5, 'tanh has 2 arguments; expected 1'],
    ['x = 3', 3, '"=" is not allowed'],
    ['x.constructor', 2, '"." is not allowed'],
    ['constructor', 1, 'unknown name constructor'],
    ['2 x', 3, 'an operator is missing before x, such as *'],
    ['1/2x', 4, 'an operator is missing before x'],
    ['6/2(3)', 4, 'an operator is missing before ('],
    ['2e', 2, 'an operator is missing before e'],
    ['2exp(x)', 2, 'an operator is missing before exp'],
    ['(x) (2)', 5, 'an operator is missing before ('],
    ['exp(x)2', 7, 'an operator is missing before 2'],
    ['x x', 3, 'an operator is missing before x'],
  ])('%j has its mistake at character %d', (expression, character, message) => {
    const error = refused(() => compileExpression(expression, 'x'))
    expect(error).toMatchObject({ code: 'INVALID_EXPRESSION', parameter: 'expression' })
    const [head, source, pointer] = error.message.split(/\n {2}/)
    expect(head).toContain(`expression, character ${character}: ${message}`)
    expect([source, pointer]).toEqual([expression, `${' '.repeat(character - 1)}^`])
  })

  test('names of variables and parameters are letters, digits and _, each once, and not taken', () => {
    const of = (variable: string | string[], parameters = {}) =>
      refused(() => compileExpression('1', variable as string, parameters))
    expect(of('2x')).toMatchObject({ code: 'INVALID_OPTION', parameter: 'variable' })
    expect(of('exp').message).toBe('variable exp: the name is taken')
    expect(of(['x', 'x']).message).toBe('variable x: the name is taken')
    expect(of([1 as never]).message).toBe('variable 1: expected a name of letters, digits and _')
    expect(of('x', { x: 1 }).message).toBe('parameters.x: the name is taken')
    expect(of('x', { 'a b': 1 }).message).toBe('parameters.a b: expected a name of letters, digits and _')
    expect(of('x', { a: Number.NaN })).toMatchObject({ code: 'OUT_OF_RANGE', parameter: 'parameters.a' })
    expect(of('x', { a: '1' }).message).toBe('parameters.a is the string "1"; expected a finite number')
    expect(of('x', null as never).message).toBe('parameters is null; expected an object of numbers by name')
    expect(refused(() => compileExpression(1 as never, 'x')).message).toBe(
      'expression is 1; expected a string',
    )
  })

  test.each([
    ...['true', 'false', 'null', 'undefined', 'NaN', 'Infinity', 'end'],
    ...['not', 'mod', 'to', 'in', 'and', 'or', 'xor'],
  ])('%s, a word of the parser, names no variable and no parameter', (word) => {
    expect(refused(() => compileExpression('1', word)).message).toBe(`variable ${word}: the name is taken`)
    expect(refused(() => compileExpression('1', 'x', { [word]: 2 })).parameter).toBe('parameters')
  })

  test('a name that is taken by nothing here stands for its number', () => {
    const words = ['i', 'Inf', 'nan', 'E', 'PI', 'tau', 'this', 'constructor', '__proto__', 'bitand', 'if']
    for (const word of words) expect([word, compileExpression(`2*${word}`, word)(3)]).toEqual([word, 6])
  })

  test('a variable without a number is named', () => {
    const sum = compileExpression('x + y', ['x', 'y']) as (...values: number[]) => number
    expect(refused(() => sum(1))).toMatchObject({
      code: 'INVALID_OPTION',
      message: 'y is missing; expected a number for each of x, y',
    })
  })

  test('any text is a function of numbers or an ExpressionError', () => {
    const token = fc.constantFrom(
      'x',
      'tanh(',
      ')',
      '+',
      '-',
      '^',
      '*',
      '/',
      '1',
      '.5',
      ',',
      'e',
      ' ',
      'min(',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(token).map((tokens) => tokens.join('')),
    )
    fc.assert(
      fc.property(text, (expression) => {
        try {
          expect(typeof compileExpression(expression, 'x')(2)).toBe('number')
        } catch (error) {
          expect(ExpressionError.isInstance(error)).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
