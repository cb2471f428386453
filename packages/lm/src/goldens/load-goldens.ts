import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

/** Path of a golden. */
export const goldenPath = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** A JSON golden, compressed or not. */
export function loadGolden<T>(name: string): T {
  const bytes = readFileSync(goldenPath(name))
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as T
}

/** The bytes of a golden, decompressed. */
export const goldenBytes = (name: string): Uint8Array => {
  const bytes = readFileSync(goldenPath(name))
  return new Uint8Array(name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes)
}
