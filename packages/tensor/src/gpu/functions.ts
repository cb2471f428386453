import type { KernelWriter } from './form'

/**
 * Functions whose built-in versions in shading languages are too coarse (WGSL allows tanh an error of 2⁻¹⁰, log one of 2⁻²¹
 * around 1, sin and cos 2⁻¹¹) or are not there, written with f32 arithmetic alone and good to a few roundings.
 */
export type GpuFunction = (writer: KernelWriter, x: string) => string

/** c₀ + c₁x + c₂x² + …, by Horner's rule. */
const polynomial = (x: string, coefficients: readonly number[], w: KernelWriter): string =>
  coefficients
    .slice(0, -1)
    .reduceRight((sum, c) => `(${sum} * ${x} + ${w.literal(c)})`, w.literal(coefficients.at(-1)!))

/**
 * e^x as 2^k·e^r with |r| ≤ ½·log 2: what is built in rounds x·log₂e, which costs the more the larger x is. The power of two is
 * taken in two halves, as it may not be an f32 where e^x is one; NaN is passed on, which built-in functions need not do.
 */
export const expCode: GpuFunction = (w, x) => {
  if (w.precise) return `Math.exp(${x})`
  const k = w.local(`Math.floor(${x} * ${w.literal(Math.LOG2E)} + 0.5)`)
  const r = w.local(`(${x} - ${k} * 0.693359375) + ${k} * ${w.literal(2.1219444e-4)}`)
  const half = w.local(`Math.floor(${k} * 0.5)`)
  const value = w.local(`Math.exp(${r}) * Math.pow(2.0, ${half}) * Math.pow(2.0, ${k} - ${half})`)
  const within = `(${x} < -104.0 ? 0.0 : (${x} <= 89.0 ? ${value} : ${x}))`
  return `(${x} > 89.0 ? ${w.literal(Number.POSITIVE_INFINITY)} : ${within})`
}

/** log(1 + x) for |x| < 0.3, as 2·artanh(x / (2 + x)). */
function log1pNearZero(w: KernelWriter, x: string): string {
  const s = w.local(`${x} / (2.0 + ${x})`)
  const square = w.local(`${s} * ${s}`)
  return `(2.0 * ${s} * ${polynomial(square, [1, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11], w)})`
}

const isNearZero = (x: string): string => `Math.abs(${x}) < 0.3`

/** log x; −Infinity at 0, NaN below. */
export const logCode: GpuFunction = (w, x) => {
  if (w.precise) return `Math.log(${x})`
  const offset = w.local(`${x} - 1.0`)
  const far = `(${x} > ${w.literal(3.4e38)} ? ${x} : Math.log(${x}))`
  const positive = `(${isNearZero(offset)} ? ${log1pNearZero(w, offset)} : ${far})`
  const minusInfinity = w.literal(Number.NEGATIVE_INFINITY)
  const rest = `(${x} < 0.0 ? ${w.literal(Number.NaN)} : (${x} === 0.0 ? ${minusInfinity} : ${x}))`
  return `(${x} > 0.0 ? ${positive} : ${rest})`
}

/** log(1 + x). */
export const log1pCode: GpuFunction = (w, x) =>
  `(${isNearZero(x)} ? ${log1pNearZero(w, x)} : ${logCode(w, w.local(`1.0 + ${x}`))})`

/** tanh x: its series near 0, else (1 − t) / (1 + t) of t = e^(−2|x|). */
export const tanhCode: GpuFunction = (w, x) => {
  if (w.precise) return `Math.tanh(${x})`
  const square = w.local(`${x} * ${x}`)
  const series = [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925]
  const t = w.local(expCode(w, w.local(`-2.0 * Math.abs(${x})`)))
  const size = w.local(`(1.0 - ${t}) / (1.0 + ${t})`)
  const signed = `(${x} < 0.0 ? -${size} : ${size})`
  return `(Math.abs(${x}) < 0.35 ? ${x} * ${polynomial(square, series, w)} : ${signed})`
}

/** σ(x), with an exponential that cannot overflow. */
export const sigmoidCode: GpuFunction = (w, x) => {
  const z = w.local(expCode(w, w.local(`-Math.abs(${x})`)))
  return `((${x} < 0.0 ? ${z} : 1.0) / (1.0 + ${z}))`
}

/** log(1 + e^x), with an exponential that cannot overflow. */
export const softplusCode: GpuFunction = (w, x) => {
  const z = w.local(expCode(w, w.local(`-Math.abs(${x})`)))
  return `((${x} > 0.0 ? ${x} : 0.0) + ${log1pCode(w, z)})`
}

/** erf x: ±1 where it rounds to it, else x·P(x²)/Q(x²), the minimax fit that Eigen and XLA use for f32. */
export const erfCode: GpuFunction = (w, x) => {
  const bounded = w.local(`(${x} > 3.8325 ? 3.8325 : (${x} < -3.8325 ? -3.8325 : ${x}))`)
  const square = w.local(`${bounded} * ${bounded}`)
  const numerator = [
    -1.60960333262415e-2, -2.95459980854025e-3, -7.34990630326855e-4, -5.69250639462346e-5,
    -2.10102402082508e-6, 2.77068142495902e-8, -2.72614225801306e-10,
  ]
  const denominator = [
    -1.42647390514189e-2, -7.37332916720468e-3, -1.68282697438203e-3, -2.13374055278905e-4,
    -1.45660718464996e-5,
  ]
  const inside = `${bounded} * ${polynomial(square, numerator, w)} / ${polynomial(square, denominator, w)}`
  return `(${bounded} > 3.83 ? 1.0 : (${bounded} < -3.83 ? -1.0 : ${inside}))`
}

/** π/2 in three parts (Cody & Waite 1980): the first two times a small whole number are exact in f32. */
const halfPi = [1.5703125, 4.837512969970703e-4, 7.549789954891882e-8] as const

/** sin(x + quarters·π/2), for |x| up to some thousands: the argument is brought into [−π/4, π/4] first. */
const sineCode =
  (quarters: number): GpuFunction =>
  (w, x) => {
    const k = w.local(`Math.floor(${x} * ${w.literal(2 / Math.PI)} + 0.5)`)
    const r = halfPi.reduce((rest, part) => w.local(`${rest} - ${k} * ${w.literal(part)}`), x)
    const square = w.local(`${r} * ${r}`)
    const odd = `${r} * ${polynomial(square, [1, -1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4], w)}`
    const even = polynomial(
      square,
      [1, -0.5, 4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5],
      w,
    )
    const turns = w.local(`${k} + ${w.literal(quarters)}`)
    const quarter = w.local(`${turns} - 4.0 * Math.floor(${turns} * 0.25)`)
    const swapped = w.local(`${quarter} - 2.0 * Math.floor(${quarter} * 0.5)`)
    const size = w.local(`(${swapped} > 0.5 ? ${even} : ${odd})`)
    return `(${quarter} > 1.5 ? -${size} : ${size})`
  }

/** sin x. */
export const sinCode: GpuFunction = (w, x) => (w.precise ? `Math.sin(${x})` : sineCode(0)(w, x))

/** cos x. */
export const cosCode: GpuFunction = (w, x) => (w.precise ? `Math.cos(${x})` : sineCode(1)(w, x))

/** Powers that are a few exact operations. */
const exactPowers: Readonly<Record<number, (a: string) => string>> = {
  0: () => '1.0',
  1: (a) => a,
  2: (a) => `(${a} * ${a})`,
  3: (a) => `(${a} * ${a} * ${a})`,
  4: (a) => `((${a} * ${a}) * (${a} * ${a}))`,
  [-1]: (a) => `(1.0 / ${a})`,
}

/** a to the power b; `exponent` is b when it is known. */
export function powCode(w: KernelWriter, a: string, b: string, exponent: number | undefined): string {
  const exact = exponent === undefined ? undefined : exactPowers[exponent]
  if (exact) return exact(a)
  const infinity = w.literal(Number.POSITIVE_INFINITY)
  const size = w.local(`Math.abs(${a})`)
  const power = w.local(expCode(w, w.local(`${b} * ${w.local(logCode(w, size))}`)))
  const half = w.local(`${b} * 0.5`)
  const odd = `(Math.floor(${half}) === ${half} ? ${power} : -${power})`
  const whole = `(Math.abs(${b}) > 16777215.0 ? ${power} : ${odd})`
  const broken = `(${size} > ${w.literal(3.4e38)} ? ${power} : ${w.literal(Number.NaN)})`
  const negative = `(Math.floor(${b}) === ${b} ? ${whole} : ${broken})`
  const atZero = `(${b} > 0.0 ? 0.0 : (${b} < 0.0 ? ${infinity} : ${b}))`
  const general = w.local(
    `(${a} > 0.0 ? ${power} : (${a} < 0.0 ? ${negative} : (${a} === 0.0 ? ${atZero} : ${a})))`,
  )
  const atMinusOne = `(Math.abs(${b}) === ${infinity} ? 1.0 : ${general})`
  const minusOne = `(${a} === -1.0 ? ${atMinusOne} : ${general})`
  return `(${b} === 0.0 ? 1.0 : (${a} === 1.0 ? 1.0 : ${minusOne}))`
}
