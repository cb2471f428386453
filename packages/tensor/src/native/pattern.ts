import type { Node } from '../core/graph'

/** What a pattern was found to be made of. */
export interface Found {
  /** The nodes that have names in the pattern. */
  readonly named: Readonly<Record<string, Node>>
  /** The ops that what stands for the pattern makes superfluous, its last one included. */
  readonly inside: readonly Node[]
}

/** A composition of ops to be recognised: what is found with it at a node, beside what was found before. */
export type Pattern = (node: Node, found: Found) => Found | undefined

/** What is known before anything was looked at. */
export const nothing: Found = { named: {}, inside: [] }

/** Any node; the same one wherever the name occurs again. */
export const any =
  (name: string): Pattern =>
  (node, found) => {
    const before = found.named[name]
    if (before) return before === node ? found : undefined
    return { ...found, named: { ...found.named, [name]: node } }
  }

/** What the pattern is, under a name. */
export const as =
  (name: string, pattern: Pattern): Pattern =>
  (node, found) => {
    const named = any(name)(node, found)
    return named && pattern(node, named)
  }

/** A constant scalar: any, or this number as f32. */
export const scalar =
  (name: string, number?: number): Pattern =>
  (node, found) => {
    const isScalar = node.kind === 'constant' && node.shape.length === 0
    const fits = number === undefined || (isScalar && node.value!.data[0] === Math.fround(number))
    return isScalar && fits ? any(name)(node, found) : undefined
  }

const commutative: ReadonlySet<string> = new Set(['add', 'mul'])

/** An op by its name, with operands in this order, or in any where it does not matter. */
export const op =
  (name: string, ...operands: readonly Pattern[]): Pattern =>
  (node, found) => {
    if (node.primitive?.name !== name) return undefined
    const inside = { ...found, inside: [...found.inside, node] }
    const all = (patterns: readonly Pattern[]) =>
      patterns.reduce<Found | undefined>((so, pattern, i) => so && pattern(node.inputs[i]!, so), inside)
    return all(operands) ?? (commutative.has(name) ? all(operands.toReversed()) : undefined)
  }

/** What has to be of this pattern and is computed all the same. */
export const kept =
  (pattern: Pattern): Pattern =>
  (node, found) => {
    const matched = pattern(node, found)
    return matched && { ...matched, inside: found.inside }
  }
