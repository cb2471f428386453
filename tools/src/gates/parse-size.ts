const units: Record<string, number> = { B: 1, kB: 1_000, MB: 1_000_000 }

/** Bytes of a limit such as "12 kB"; throws on any other form. */
export function parseSize(limit: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) (B|kB|MB)$/.exec(limit) ?? []
  if (number === undefined || unit === undefined) {
    throw new Error(`size-limit: "${limit}" is not a size such as "12 kB"`)
  }
  return Number(number) * (units[unit] as number)
}
