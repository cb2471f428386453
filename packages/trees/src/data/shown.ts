const LONGEST = 40
const MOST_ENTRIES = 5

const cut = (text: string) =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}…, ${text.length} characters` : text

function quoted(text: string): string {
  const kept = text.slice(0, LONGEST).replace(/[\\\n\r\t]/g, (one) => JSON.stringify(one).slice(1, -1))
  return text.length > LONGEST ? `'${kept}…' of ${text.length} characters` : `'${kept}'`
}

const isArrayLike = (value: object): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)

function constructorName(value: object): string {
  const made: unknown = 'constructor' in value ? value.constructor : undefined
  return typeof made === 'function' && made.name !== '' ? cut(made.name) : 'Object'
}

/** What an object is; its entries where it stands by itself. */
function object(value: object, isInner: boolean): string {
  const name = constructorName(value)
  if (isArrayLike(value)) {
    const whole = `${name}(${value.length})`
    if (isInner) return whole
    const entries = Array.from({ length: Math.min(value.length, MOST_ENTRIES) }, (_, i) => entry(value[i]))
    return `${whole} [${[...entries, ...(value.length > MOST_ENTRIES ? ['…'] : [])].join(', ')}]`
  }
  if (isInner) return name
  const keys = Object.keys(value)
  const some = keys.slice(0, MOST_ENTRIES).map(cut)
  return `${name} { ${[...some, ...(keys.length > MOST_ENTRIES ? ['…'] : [])].join(', ')} }`.replace(
    '{  }',
    '{}',
  )
}

function text(value: unknown, isInner: boolean): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return `${cut(value.toString())}n`
  if (typeof value === 'function') return `function ${cut(value.name)}`.trimEnd()
  if (typeof value === 'object' && value !== null) return object(value, isInner)
  return cut(String(value))
}

const entry = (value: unknown) => text(value, true)

/** A value for messages, cut where it is long: `'0'`, `2n`, `Uint8Array(2000) [0, 1, 2, 3, 4, …]`, `Object { a, b }`. */
export const shown = (value: unknown): string => text(value, false)
