import { TensorError } from './errors'

/**
 * A dimension known only by name while tracing, such as the batch size `B`, or a polynomial in such names
 * (`2*B`, `B*T + 1`). One compiled graph then serves every size. A symbolic dimension broadcasts only against
 * itself and 1.
 */
export class SymbolicDim {
  /** Monomial (`''` for the constant, `'B'`, `'B*T'`) → non-zero integer coefficient, in sorted order. */
  readonly terms: ReadonlyMap<string, number>

  private constructor(terms: ReadonlyMap<string, number>) {
    this.terms = terms
  }

  /** The dimension called `name` (letters, digits and `_`). */
  static named(name: string): SymbolicDim {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new TensorError(
        'INVALID_ARGUMENT',
        `dimension name: expected an identifier, got ${JSON.stringify(name)}`,
      )
    }
    return new SymbolicDim(new Map([[name, 1]]))
  }

  /** The dimension with these terms, or a plain number when no name is left. */
  static of(terms: Iterable<readonly [string, number]>): Dim {
    const kept = [...terms].filter(([, c]) => c !== 0).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    if (kept.length === 0) return 0
    if (kept.length === 1 && kept[0]![0] === '') return kept[0]![1]
    return new SymbolicDim(new Map(kept))
  }

  toString(): string {
    return [...this.terms]
      .map(([monomial, c]) => (monomial === '' ? `${c}` : c === 1 ? monomial : `${c}*${monomial}`))
      .join(' + ')
  }
}

/** A dimension: a number, or a name that a call fills in. */
export type Dim = number | SymbolicDim

const termsOf = (dim: Dim): ReadonlyMap<string, number> =>
  typeof dim === 'number' ? new Map([['', dim]]) : dim.terms

const timesMonomial = (a: string, b: string): string =>
  [...a.split('*'), ...b.split('*')].filter(Boolean).sort().join('*')

/** a + b. */
export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b
  const sum = new Map(termsOf(a))
  for (const [monomial, c] of termsOf(b)) sum.set(monomial, (sum.get(monomial) ?? 0) + c)
  return SymbolicDim.of(sum)
}

/** a · b. */
export function mulDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b
  const product = new Map<string, number>()
  for (const [ma, ca] of termsOf(a)) {
    for (const [mb, cb] of termsOf(b)) {
      const monomial = timesMonomial(ma, mb)
      product.set(monomial, (product.get(monomial) ?? 0) + ca * cb)
    }
  }
  return SymbolicDim.of(product)
}

/** a − b. */
export const subDims = (a: Dim, b: Dim): Dim => addDims(a, mulDims(-1, b))

/** a / b where it is exact for every size, else `undefined`. */
export function divideDims(a: Dim, b: Dim): Dim | undefined {
  if (b === 0) return undefined
  if (a === 0) return 0
  if (equalDims(a, b)) return 1
  const divisor = [...termsOf(b)]
  if (divisor.length !== 1) return undefined
  const [monomial, coefficient] = divisor[0]!
  const quotient: [string, number][] = []
  for (const [m, c] of termsOf(a)) {
    const rest = m.split('*').filter(Boolean)
    for (const name of monomial.split('*').filter(Boolean)) {
      const at = rest.indexOf(name)
      if (at < 0) return undefined
      rest.splice(at, 1)
    }
    if (c % coefficient !== 0) return undefined
    quotient.push([rest.join('*'), c / coefficient])
  }
  return SymbolicDim.of(quotient)
}

/** Equal for every size the names may take. */
export function equalDims(a: Dim, b: Dim): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b
  return a === b || (a.terms.size === b.terms.size && [...a.terms].every(([m, c]) => b.terms.get(m) === c))
}

/** What each name stands for in one call. */
export type DimBindings = ReadonlyMap<string, number>

/** The dimension's value once every name is bound. */
export function evaluateDim(dim: Dim, bindings: DimBindings): number {
  if (typeof dim === 'number') return dim
  let total = 0
  for (const [monomial, coefficient] of dim.terms) {
    let value = coefficient
    for (const name of monomial.split('*').filter(Boolean)) {
      const bound = bindings.get(name)
      if (bound === undefined) throw new TensorError('ABSTRACT_VALUE', `dimension ${name} has no value here`)
      value *= bound
    }
    total += value
  }
  return total
}
