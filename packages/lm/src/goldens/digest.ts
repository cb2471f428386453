import { createHash } from 'node:crypto'

/** The sha256 of the bytes of f32 values, in hexadecimal. */
export const sha256 = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  createHash('sha256').update(new Uint8Array(buffer, byteOffset, byteLength)).digest('hex')
