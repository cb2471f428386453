import type { Labelled } from '../objectives/checks'

/** Logarithms are taken of no less. */
const LEAST = 1e-12

const logOf = (p: number) => Math.log(p > LEAST ? p : LEAST)

/** −y·log p − (1 − y)·log(1 − p); 1 − y is a float in LightGBM. */
export function crossEntropyLoss(label: number, p: number): number {
  return -(label * logOf(p) + Math.fround(1 - label) * logOf(1 - p))
}

/** Sum of the weights as LightGBM has it for entropies: in floats, two by two. */
export function floatTotal({ label, weight }: Labelled): number {
  if (weight === undefined) return label.length
  const isOdd = weight.length % 2 === 1
  let sum = isOdd ? weight[0]! : 0
  for (let i = isOdd ? 1 : 0; i < weight.length; i += 2) {
    sum = Math.fround(sum + Math.fround(weight[i]! + weight[i + 1]!))
  }
  return sum
}
