import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDims, type Dim, divideDims, equalDims, evaluateDim, mulDims, SymbolicDim, subDims } from './dim'

const names = ['B', 'T', 'K'] as const

/** Polynomials in up to three names with small coefficients. */
const dim: fc.Arbitrary<Dim> = fc
  .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.array(fc.constantFrom(...names), { maxLength: 2 })), {
    maxLength: 4,
  })
  .map((terms) =>
    terms
      .map(([c, factors]) => factors.map((name): Dim => SymbolicDim.named(name)).reduce(mulDims, c as Dim))
      .reduce(addDims, 0 as Dim),
  )

const bindings = fc
  .tuple(fc.nat(9), fc.nat(9), fc.nat(9))
  .map((sizes) => new Map(names.map((name, i) => [name as string, sizes[i]!])))

describe('dimensions', () => {
  it.each([
    ['add', addDims, (a: number, b: number) => a + b],
    ['subtract', subDims, (a: number, b: number) => a - b],
    ['multiply', mulDims, (a: number, b: number) => a * b],
  ] as const)('%s like their values', (_name, symbolic, plain) => {
    fc.assert(
      fc.property(dim, dim, bindings, (a, b, at) => {
        expect(evaluateDim(symbolic(a, b), at) + 0).toBe(plain(evaluateDim(a, at), evaluateDim(b, at)) + 0)
      }),
    )
  })

  it('form a commutative ring, with one spelling for each value', () => {
    fc.assert(
      fc.property(dim, dim, dim, (a, b, c) => {
        expect(equalDims(addDims(a, b), addDims(b, a))).toBe(true)
        expect(equalDims(mulDims(a, b), mulDims(b, a))).toBe(true)
        expect(equalDims(mulDims(a, addDims(b, c)), addDims(mulDims(a, b), mulDims(a, c)))).toBe(true)
        expect(String(mulDims(a, b))).toBe(String(mulDims(b, a)))
        expect(subDims(a, a) === 0).toBe(true)
      }),
    )
  })

  it('divide exactly or not at all', () => {
    const monomial = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.subarray([...names]))
      .map(([c, factors]) => factors.map((name): Dim => SymbolicDim.named(name)).reduce(mulDims, c as Dim))
    fc.assert(
      fc.property(dim, monomial, (a, b) => {
        const quotient = divideDims(mulDims(a, b), b)
        expect(quotient !== undefined && equalDims(quotient, a)).toBe(true)
        const other = divideDims(a, b)
        if (other !== undefined) expect(equalDims(mulDims(other, b), a)).toBe(true)
      }),
    )
    expect(divideDims(SymbolicDim.named('B'), 2)).toBeUndefined()
    expect(divideDims(7, 2)).toBeUndefined()
    expect(divideDims(0, 0)).toBeUndefined()
    expect(divideDims(SymbolicDim.named('B'), SymbolicDim.named('T'))).toBeUndefined()
  })

  it('are written as polynomials', () => {
    const [b, t] = [SymbolicDim.named('B'), SymbolicDim.named('T')]
    expect(String(addDims(mulDims(2, mulDims(t, b)), 1))).toBe('1 + 2*B*T')
    expect(String(subDims(b, 1))).toBe('-1 + B')
  })

  it('refuse names that are none, and names without a value', () => {
    expect(() => SymbolicDim.named('2B')).toThrow('dimension name: expected an identifier, got "2B"')
    expect(() => evaluateDim(SymbolicDim.named('B'), new Map())).toThrow('dimension B has no value here')
  })
})
