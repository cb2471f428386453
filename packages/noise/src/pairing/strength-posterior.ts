import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { fitBradleyTerry } from '../bradley-terry/fit-bradley-terry'
import { derivativesAt } from '../bradley-terry/problem'
import { factorise, inverseFactored } from '../mathematics/cholesky'
import { drawFrom, normalsFrom } from '../random/gaussian-draws'
import type { Generator } from '../random/streams'
import type { Answered, Information, Learned, RewardPosterior } from './reward-posterior'

/** Rows that comparisons link, directly or through others, and what is known of their rewards. */
interface Block {
  /** Place of each row among them. */
  readonly places: ReadonlyMap<number, number>
  readonly mean: Float64Array
  /** Cholesky factor of the precision. */
  readonly factor: Float64Array
  readonly covariance: () => Float64Array
}

/** The comparisons of each set of linked rows. */
function linked({ first, second }: Answered): Map<number, number[]> {
  const above = new Map<number, number>()
  const rootOf = (row: number): number => {
    let root = row
    while (above.has(root)) root = above.get(root)!
    for (let at = row; at !== root; ) {
      const next = above.get(at)!
      above.set(at, root)
      at = next
    }
    return root
  }
  first.forEach((a, i) => {
    const [x, y] = [rootOf(a), rootOf(second[i]!)]
    if (x !== y) above.set(x, y)
  })
  return Map.groupBy(first.keys(), (i) => rootOf(first[i]!))
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function fitBlock(
  { first, second, outcomes }: Answered,
  members: readonly number[],
  variance: number,
): Block {
  const comparisons = {
    first: members.map((i) => first[i]!),
    second: members.map((i) => second[i]!),
    outcomes: members.map((i) => outcomes[i]!),
  }
  const { players, model } = fitBradleyTerry(comparisons, { alpha: 1 / (2 * variance) })
  // Its curvature includes the prior's, so that it needs no fixed mean.
  const factor = derivativesAt(model.problem, model.parameters).curvature!
  factorise(factor, players.length, () => 0)
  return {
    places: new Map(players.map((row, place) => [row as number, place])),
    mean: model.parameters,
    factor,
    covariance: once(() => inverseFactored(factor, players.length)),
  }
}

type BlockOf = (row: number) => Block | undefined

/** Covariance of each row's reward with a difference, where it is not 0. */
function covariances(blockOf: BlockOf, a: number, b: number, variance: number): Map<number, number> {
  const result = new Map<number, number>()
  const add = (row: number, sign: number) => {
    const block = blockOf(row)
    if (block === undefined) result.set(row, (result.get(row) ?? 0) + sign * variance)
    else {
      const start = block.places.get(row)! * block.places.size
      const covariance = block.covariance()
      for (const [other, place] of block.places) {
        result.set(other, (result.get(other) ?? 0) + sign * covariance[start + place]!)
      }
    }
  }
  add(a, 1)
  add(b, -1)
  return result
}

/** Learned comparisons are kept as they come; each changes the covariance by an outer product of few rows. */
function informationOf(blockOf: BlockOf, variance: number): Information {
  const learned: (Learned & { readonly rows: ReadonlyMap<number, number> })[] = []
  const current = (a: number, b: number): Map<number, number> => {
    const result = covariances(blockOf, a, b, variance)
    for (const { scale, rows } of learned) {
      const change = scale * ((rows.get(a) ?? 0) - (rows.get(b) ?? 0))
      if (change === 0) continue
      for (const [row, value] of rows) result.set(row, (result.get(row) ?? 0) - change * value)
    }
    return result
  }
  const covarianceOf = (row: number, other: number): number => {
    const block = blockOf(row)
    if (block === undefined) return row === other ? variance : 0
    const place = block.places.get(other)
    return place === undefined ? 0 : block.covariance()[block.places.get(row)! * block.places.size + place]!
  }
  return {
    variance: (a, b) => covarianceOf(a, a) + covarianceOf(b, b) - 2 * covarianceOf(a, b),
    learn: (a, b, weight) => {
      const rows = current(a, b)
      const scale = weight / (1 + weight * (rows.get(a)! - rows.get(b)!))
      const result = { scale, covarianceWith: (row: number) => rows.get(row) ?? 0, rows }
      learned.push(result)
      return result
    },
  }
}

/**
 * Each row has a reward of its own, N(0, variance) before the comparisons: Bradley–Terry strengths. Rows that
 * comparisons do not link are independent, so that each linked set is fitted by itself, when it is asked for.
 */
export function strengthPosterior(answered: Answered, variance: number): RewardPosterior {
  const blocks = new Map<number, () => Block>()
  for (const members of linked(answered).values()) {
    const block = once(() => fitBlock(answered, members, variance))
    for (const i of members)
      for (const row of [answered.first[i]!, answered.second[i]!]) blocks.set(row, block)
  }
  const blockOf: BlockOf = (row) => blocks.get(row)?.()
  const draw = (generator: Generator) => {
    const normal = normalsFrom(() => uniformFloat64(generator))
    const drawn = new Map<Block, Float64Array>()
    return (row: number): number => {
      const block = blockOf(row)
      if (block === undefined) return Math.sqrt(variance) * normal()
      const values = drawn.get(block) ?? drawFrom(block.mean, block.factor, generator)
      drawn.set(block, values)
      return values[block.places.get(row)!]!
    }
  }
  return {
    mean: (row) => {
      const block = blockOf(row)
      return block === undefined ? 0 : block.mean[block.places.get(row)!]!
    },
    draw,
    information: (pastAware) => informationOf(pastAware ? blockOf : () => undefined, variance),
  }
}
