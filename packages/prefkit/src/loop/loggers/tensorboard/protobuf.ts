/**
 * The part of the wire format of protobuf (proto3) that events need. Each function gives a field with its key; a
 * message is its fields in the order of their numbers, which is how the reference writes it. Fields at their default
 * are left out, but for those of a `oneof`.
 */
export type Field = Uint8Array

const none = new Uint8Array(0)
const encoder = new TextEncoder()

/** How the value of a field is delimited. */
const wire = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const

/** Several pieces as one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  // As two's complement of 64 bits.
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

const key = (field: number, type: keyof typeof wire): Uint8Array => varint(field * 8 + wire[type])

const littleEndian = (length: number, set: (view: DataView) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(length))
  set(view)
  return new Uint8Array(view.buffer)
}

/** A message, a string or bytes. */
export const bytesField = (field: number, value: Uint8Array): Field =>
  joinBytes([key(field, 'length'), varint(value.length), value])

/** A message of these fields. */
export const messageField = (field: number, ...fields: readonly Field[]): Field =>
  bytesField(field, joinBytes(fields))

/** A string; an empty one is left out. */
export const stringField = (field: number, value: string): Field =>
  value === '' ? none : bytesField(field, encoder.encode(value))

/** A whole number of up to 53 bits, or an enum; 0 is left out. */
export const integerField = (field: number, value: number): Field =>
  value === 0 ? none : joinBytes([key(field, 'varint'), varint(value)])

/** A double; 0, but not −0, is left out. */
export const doubleField = (field: number, value: number): Field =>
  Object.is(value, 0)
    ? none
    : joinBytes([key(field, 'fixed64'), littleEndian(8, (view) => view.setFloat64(0, value, true))])

/** A float of a `oneof`: 0 is written too. */
export const chosenFloatField = (field: number, value: number): Field =>
  joinBytes([key(field, 'fixed32'), littleEndian(4, (view) => view.setFloat32(0, value, true))])

/** Repeated doubles, packed; none are left out. */
export const doublesField = (field: number, values: readonly number[]): Field =>
  values.length === 0
    ? none
    : bytesField(
        field,
        littleEndian(8 * values.length, (view) => {
          for (const [i, value] of values.entries()) view.setFloat64(8 * i, value, true)
        }),
      )
