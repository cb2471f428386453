/** The word `field` of a struct. */
// @ts-ignore: decorator
@inline
export function int(struct: usize, field: i32): i32 {
  return load<i32>(struct + ((<usize>field) << 2))
}

/** The 8-byte word `field` of a struct. */
// @ts-ignore: decorator
@inline
export function float(struct: usize, field: i32): f64 {
  return load<f64>(struct + ((<usize>field) << 3))
}

/** The word `field` of a struct, as an address. */
// @ts-ignore: decorator
@inline
export function address(struct: usize, field: i32): usize {
  return load<u32>(struct + ((<usize>field) << 2))
}
