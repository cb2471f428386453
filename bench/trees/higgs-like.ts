import { createRandom, drawLabel, type Random } from './random.ts'
import type { RowSource } from './rows.ts'

/** Energy and momentum. */
interface Momentum {
  readonly energy: number
  readonly x: number
  readonly y: number
  readonly z: number
}

/** A particle without mass, from its transverse momentum, pseudorapidity and azimuth. */
const massless = (pt: number, eta: number, phi: number): Momentum => ({
  energy: pt * Math.cosh(eta),
  x: pt * Math.cos(phi),
  y: pt * Math.sin(phi),
  z: pt * Math.sinh(eta),
})

/** The mass of particles taken together. */
function massOf(...all: readonly Momentum[]): number {
  const sum = (part: (one: Momentum) => number) => all.reduce((total, one) => total + part(one), 0)
  const square =
    sum(({ energy }) => energy) ** 2 -
    sum(({ x }) => x) ** 2 -
    sum(({ y }) => y) ** 2 -
    sum(({ z }) => z) ** 2
  return Math.sqrt(Math.max(0, square))
}

/** Jets are tagged with one of a few values, most of them with 0. */
const tagOf = (random: Random): number => {
  const u = random.uniform()
  return u < 0.5 ? 0 : u < 0.8 ? 1.0865 : 2.1731
}

const drawDirection = (random: Random, spread: number) => ({
  eta: Math.max(-2.5, Math.min(2.5, spread * random.normal())),
  phi: Math.PI * (2 * random.uniform() - 1),
})

/** Transverse momentum, positive and with a long tail, about 1. */
const drawPt = (random: Random, spread: number): number => Math.exp(spread * random.normal() - 0.1)

/** How much a mass is that of a resonance: a bump. */
const bump = (mass: number, centre: number, width: number): number =>
  Math.exp(-(((mass - centre) / width) ** 2))

/**
 * Rows like those of the Higgs data set: momenta of a lepton, of what is missing and of four jets, with the jets' tags (21 columns),
 * and seven masses of some of them together. The label depends on bumps in the masses, with tags and momenta.
 */
export function higgsLike(): RowSource {
  const random = createRandom(2)
  return {
    columns: 28,
    next(target, at) {
      const particle = () => ({ pt: drawPt(random, 0.5), ...drawDirection(random, 1) })
      const lepton = particle()
      const missing = particle()
      const jets = [1, 2, 3, 4].map(() => ({ ...particle(), tag: tagOf(random) }))
      const [l, v] = [lepton, { ...missing, eta: 0 }].map(({ pt, eta, phi }) => massless(pt, eta, phi)) as [
        Momentum,
        Momentum,
      ]
      const [a, b, c, d] = jets.map(({ pt, eta, phi }) => massless(pt, eta, phi)) as [
        Momentum,
        Momentum,
        Momentum,
        Momentum,
      ]
      const masses = [
        ...[massOf(a, b), massOf(a, b, c), massOf(l, v), massOf(a, l, v)],
        ...[massOf(c, d), massOf(l, v, c, d), massOf(a, b, c, d, l, v)],
      ]
      const momenta = [lepton.pt, lepton.eta, lepton.phi, missing.pt, missing.phi]
      target.set([...momenta, ...jets.flatMap(({ pt, eta, phi, tag }) => [pt, eta, phi, tag]), ...masses], at)
      const logit =
        2.5 * bump(masses[4]!, 1.6, 0.6) * (0.5 + jets[2]!.tag / 2) +
        1.5 * bump(masses[0]!, 1.2, 0.5) +
        1.2 * bump(masses[2]!, 0.9, 0.4) -
        0.15 * masses[6]! +
        0.5 * Math.log(lepton.pt) * Math.sign(missing.pt - 1)
      return drawLabel(random, logit)
    },
  }
}
