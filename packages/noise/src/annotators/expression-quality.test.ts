import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NoiseError } from '../noise-error'
import { choiceContext } from './annotator'
import { checkQualityFunction } from './check-quality-function'
import { expressionQuality } from './expression-quality'
import { logisticAnnotator } from './logistic-annotator'
import { probitAnnotator } from './probit-annotator'
import { qualityAnnotator } from './quality-annotator'

const context = choiceContext()

test.each([
  ['0.5 + 0.5*tanh(beta*delta/2)', logisticAnnotator({ beta: 1.3 })],
  ['sigmoid(beta*delta)', logisticAnnotator({ beta: 1.3 })],
  ['1/(1 + e^(-beta*delta))', logisticAnnotator({ beta: 1.3 })],
  ['normalCdf(beta*delta)', probitAnnotator({ beta: 1.3 })],
  ['(1 + erf(beta*delta/sqrt(2)))/2', probitAnnotator({ beta: 1.3 })],
])('%s is the annotator that it says', (expression, annotator) => {
  const written = qualityAnnotator(expressionQuality(expression, { parameters: { beta: 1.3 } }))
  for (const delta of [-3, -0.2, 0, 1e-6, 0.4, 5]) {
    expect(written(delta, context).first).toBeCloseTo(annotator(delta, context).first, 13)
  }
})

test('other shapes: a saturating one, a constant, a step up to a cap', () => {
  expect(expressionQuality('0.5 + 0.5*delta/(1 + delta)')(3)).toBe(0.875)
  expect(expressionQuality('0.8')(3)).toBe(0.8)
  expect(expressionQuality('min(0.95, 0.5 + abs(delta)/4)')(2)).toBe(0.95)
  expect(expressionQuality('0.5 + atan(delta)/pi')(1)).toBeCloseTo(0.75, 14)
  expect(expressionQuality('max(0.6, 1 - exp(-delta), 1 - 1/(1 + log1p(delta)))')(0)).toBe(0.6)
})

const mistakes: [expression: string, character: number, message: string][] = [
  ['', 1, 'it is empty'],
  ['0.5 + ', 7, 'Unexpected end of expression'],
  ['0.5 + (delta', 13, 'Parenthesis ) expected'],
  ['0.5 ++* 1', 7, 'Value expected'],
  ['0.5 + 0.5*tahn(delta)', 11, 'unknown function tahn; allowed are abs, atan, erf'],
  ['0.5 + 0.5*tanh(detla)', 16, 'unknown name detla; allowed are delta, beta, e, pi, and the functions abs'],
  ['0.5 + tanh', 7, 'tanh is a function; write tanh(…)'],
  ['0.5*beta(delta)', 5, 'beta is a number, not a function; write beta*(…)'],
  ['tanh(1) + tanh(delta, 2)', 11, 'tanh has 2 arguments; expected 1'],
  ['.5*tanh()', 4, 'tanh has 0 arguments; expected 1'],
  ['.5tanh(1)', 3, 'an operator is missing before tanh, such as *'],
  ['1*min(max(1), 2) + 2 * min ()', 24, 'min has 0 arguments; expected 1 to 20'],
  ['0.5 + min()', 7, 'min has 0 arguments; expected 1 to 20'],
  ['delta = 3', 7, '"=" is not allowed; only numbers, names, + - * / ^ , ( and ) are'],
  ['f(x) = 1', 1, 'unknown function f'],
  ['delta.constructor', 6, '"." is not allowed'],
  ['delta["constructor"]', 6, '"[" is not allowed'],
  ['"abc"', 1, '"\\"" is not allowed'],
  ['0.5; 1', 4, '";" is not allowed'],
  ['0.5\n1', 4, '"\\n" is not allowed'],
  ['0.5 + 0.5*𝛽', 11, '"𝛽" is not allowed'],
  ['constructor', 1, 'unknown name constructor'],
  ['__proto__', 1, 'unknown name __proto__'],
  ['import(1)', 1, 'unknown function import'],
  ['evaluate(1)', 1, 'unknown function evaluate'],
  [`${'('.repeat(31)}1${')'.repeat(31)}`, 31, 'more than 30 nested parentheses'],
  [`${'1+'.repeat(250)}1`, 501, 'it has 501 characters; at most 500'],
]

test.each(mistakes)('%j has its mistake at character %d', (expression, character, message) => {
  let error: unknown
  try {
    expressionQuality(expression, { parameters: { beta: 1 } })
  } catch (caught) {
    error = caught
  }
  expect(NoiseError.isInstance(error) && error.code).toBe('INVALID_EXPRESSION')
  const [head, source, pointer] = (error as NoiseError).message.split(/\n {2}/)
  expect(head).toContain(`expression, character ${character}: ${message}`)
  if (expression.includes('\n')) return
  expect(source).toBe(expression)
  expect(pointer).toBe(`${' '.repeat(character - 1)}^`)
})

test('no text makes it do anything but compute or refuse', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          'delta',
          'beta',
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
          'x',
        ),
      )
      .map((tokens) => tokens.join('')),
  )
  fc.assert(
    fc.property(text, (expression) => {
      try {
        const value = expressionQuality(expression, { parameters: { beta: 1 } })(2)
        expect(value).toBeGreaterThanOrEqual(0.5)
        expect(value).toBeLessThanOrEqual(1)
      } catch (error) {
        expect(NoiseError.isInstance(error)).toBe(true)
      }
    }),
    { numRuns: 1000 },
  )
})

test('what falls or leaves [½, 1] is refused, with the difference where it does', () => {
  expect(() => expressionQuality('0.5 + delta')).toThrow(/quality is 1\.00\d* at delta = 0\.50/)
  expect(() => expressionQuality('tanh(delta)')).toThrow(
    'quality is 0 at delta = 0; expected a probability from 0.5 to 1',
  )
  expect(() => expressionQuality('log(delta - 1)')).toThrow('quality is NaN at delta = 0')
  const bump = '0.5 + 0.4*delta^2*exp(-delta)'
  expect(() => expressionQuality(bump)).toThrow(
    /quality falls from 0\.716\d* at delta = 2 to 0\.71\d* at delta = 2\.0/,
  )
  expect(expressionQuality(bump, { maxDelta: 2 })(1)).toBeCloseTo(0.5 + 0.4 / Math.E, 14)
})

test('a value beyond what was looked at is still checked', () => {
  const quality = expressionQuality('exp(delta)/(1 + exp(delta))')
  expect(quality(40)).toBe(1)
  expect(() => quality(800)).toThrow('quality is NaN at delta = 800')
})

test('parameters are numbers under names of their own', () => {
  const refused = (parameters: Record<string, number>, message: string) =>
    expect(() => expressionQuality('0.7', { parameters })).toThrow(message)
  refused({ delta: 1 }, 'parameters.delta: the name is taken')
  refused({ tanh: 1 }, 'parameters.tanh: the name is taken')
  refused({ 'a b': 1 }, 'parameters.a b: expected a name of letters, digits and _')
  refused({ beta: Number.NaN }, 'parameters.beta is NaN')
  refused({ beta: '1' as never }, 'parameters.beta is the string "1"')
  expect(() => expressionQuality(0.7 as never)).toThrow('expression is 0.7; expected a string')
  expect(() => expressionQuality('0.7', { params: {} } as never)).toThrow('expressionQuality: no params')
})

test('functions are checked like expressions', () => {
  checkQualityFunction((delta) => 1 / (1 + Math.exp(-delta)))
  expect(() => checkQualityFunction((delta) => (delta > 3 ? 0.6 : 0.7))).toThrow(
    /quality falls from 0.7 at delta = 0 to 0.6/,
  )
  expect(() => checkQualityFunction(() => 0.7, { maxDelta: 0 })).toThrow('maxDelta is 0')
})
