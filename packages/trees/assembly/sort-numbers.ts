/** Bits of a digit, and digits that there are. */
const DIGIT = 11
const DIGITS = 2048

/** Bytes of the counters of all digits. */
export const COUNTERS_BYTES: usize = 6 * DIGITS * 4

/** An integer whose order is that of the numbers. */
// @ts-ignore: decorator
@inline
export function keyOf<F, K>(value: F): K {
  if (sizeof<F>() == 4) {
    const bits = reinterpret<u32>(<f32>value)
    return <K>(bits ^ (<u32>(<i32>bits >> 31) | 0x80000000))
  }
  const bits = reinterpret<u64>(<f64>value)
  return <K>(bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000))
}

/** The number of a key. */
// @ts-ignore: decorator
@inline
export function numberOf<K>(key: K): f64 {
  if (sizeof<K>() == 4) {
    const bits = <u32>key
    return <f64>reinterpret<f32>(bits ^ (<u32>(<i32>~bits >> 31) | 0x80000000))
  }
  const bits = <u64>key
  return reinterpret<f64>(bits ^ (<u64>(<i64>~bits >> 63) | 0x8000000000000000))
}

/** Counts the digits of a key. */
// @ts-ignore: decorator
@inline
export function countDigits<K>(key: K, counters: usize): void {
  for (let digit = 0; digit < passes<K>(); digit++) {
    const at = counterOf(key, digit, counters)
    store<u32>(at, load<u32>(at) + 1)
  }
}

// @ts-ignore: decorator
@inline
function passes<K>(): i32 {
  return sizeof<K>() == 4 ? 3 : 6
}

// @ts-ignore: decorator
@inline
function counterOf<K>(key: K, digit: i32, counters: usize): usize {
  const value = <usize>(key >> <K>(digit * DIGIT)) & (DIGITS - 1)
  return counters + ((<usize>digit * DIGITS + value) << 2)
}

/**
 * Sorts keys whose digits were counted, by their lowest digit first; digits that are all the same are passed over.
 * @returns where the sorted keys are, `keys` or `other`
 */
export function sortKeys<K>(keys: usize, other: usize, count: i32, counters: usize): usize {
  if (count == 0) return keys
  let from = keys
  let to = other
  for (let digit = 0; digit < passes<K>(); digit++) {
    if (load<u32>(counterOf(load<K>(from), digit, counters)) == <u32>count) continue
    addUp(counters + <usize>digit * DIGITS * 4, to, sizeof<K>())
    const end = from + <usize>count * sizeof<K>()
    for (let at = from; at < end; at += sizeof<K>()) {
      const key = load<K>(at)
      const place = counterOf(key, digit, counters)
      const next = load<u32>(place)
      store<K>(next, key)
      store<u32>(place, next + <u32>sizeof<K>())
    }
    const swap = from
    from = to
    to = swap
  }
  return from
}

/** Turns counts of a digit into the addresses at which its keys begin. */
function addUp(counters: usize, address: usize, size: usize): void {
  let next = <u32>address
  for (let at = counters; at < counters + DIGITS * 4; at += 4) {
    const count = load<u32>(at)
    store<u32>(at, next)
    next += count * <u32>size
  }
}
