const specials: ReadonlyMap<number, string> = new Map([
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
])

/** Digits and decimal exponent of |value|, rounded to nearest and, when it lies half-way, to the even digit, as C does. */
function roundedDigits(value: number, precision: number): { digits: string; exponent: number } {
  const [mantissa, exponent] = value.toExponential(precision - 1).split('e') as [string, string]
  const digits = mantissa.replace('.', '')
  const odd = (digits.charCodeAt(precision - 1) & 1) === 1
  // toExponential rounds up what lies half-way, so only an odd last digit can be one too many. A double that is no
  // tie differs from one within 40 digits more.
  if (odd && /^\d\.\d*50*e/.test(value.toExponential(precision + 40))) {
    const exact = value.toExponential(precision + 40).replace('.', '')
    if (/^50*e/.test(exact.slice(precision)))
      return { digits: exact.slice(0, precision), exponent: Number(exact.split('e')[1]) }
  }
  return { digits, exponent: Number(exponent) }
}

/** C's `%.{precision}g`, which LightGBM writes numbers by: 17 digits give every f64 back exactly. */
export function formatGeneral(value: number, precision: number): string {
  const special = specials.get(value)
  if (special !== undefined) return special
  if (Number.isNaN(value)) return 'nan'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (value === 0) return `${sign}0`
  const { digits, exponent } = roundedDigits(Math.abs(value), precision)
  const kept = digits.replace(/0+$/, '')
  if (exponent < -4 || exponent >= precision) {
    const fraction = kept.length > 1 ? `.${kept.slice(1)}` : ''
    const power = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${kept[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${kept}`
  const whole = digits.slice(0, exponent + 1)
  return kept.length > exponent + 1 ? `${sign}${whole}.${kept.slice(exponent + 1)}` : `${sign}${whole}`
}
