import { sha256 } from '../canonical-json'

/** Hexadecimal digits of a line's checksum. */
const digits = 16

const sealOf = (body: string): string => `,"check":"${sha256(body).slice(0, digits)}"}`

const sealLength = sealOf('').length

/** A line that is one JSON object and ends with the checksum of the rest of it. @param body a JSON object with a field. */
export const sealLine = (body: string): string => `${body.slice(0, -1)}${sealOf(body)}\n`

/** The object that was sealed, or undefined where the line is not what was written. @param line without its end. */
export function openLine(line: string): Record<string, unknown> | undefined {
  const body = `${line.slice(0, -sealLength)}}`
  return line.endsWith(sealOf(body)) ? JSON.parse(body) : undefined
}
