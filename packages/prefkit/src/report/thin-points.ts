import { drawable } from './draw-chart'

/** A number of a step. */
export interface StepPoint {
  readonly step: number
  readonly value: number
}

/** More points than this are shown as the means of as many parts. */
const shownPoints = 400

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Points that can be drawn, in the order of their steps; as means of neighbours where there are many. */
export function thinPoints(points: readonly StepPoint[], most = shownPoints): StepPoint[] {
  const known = drawable(points)
  const size = Math.ceil(known.length / most)
  const parts = Array.from({ length: Math.ceil(known.length / Math.max(1, size)) }, (_, i) =>
    known.slice(i * size, (i + 1) * size),
  )
  return parts.map((part) => ({ step: part.at(-1)!.step, value: mean(part.map(({ value }) => value)) }))
}

/** Running means over so many neighbours on either side, as far as there are: what a noisy curve does on the whole. */
export const smoothPoints = (points: readonly StepPoint[], side: number): StepPoint[] =>
  points.map(({ step }, i) => {
    const near = points.slice(Math.max(0, i - side), i + side + 1)
    return { step, value: mean(near.map(({ value }) => value)) }
  })
