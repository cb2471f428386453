import { createHash } from 'node:crypto'

/** MLflow's limit for names, in characters. */
const longest = 250

const sixDigits = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 6)

/** Parts of paths that would name something else. */
const isNoName = (part: string): boolean => part === '' || part === '.' || part === '..'

/**
 * A name as MLflow takes it: of ASCII letters, digits, `_`, `-`, `.`, spaces and `/`, no longer than 250 characters,
 * and no path that would resolve to another (`a//b`, `./a`). TRL's names are such already and stay as they are. In
 * others each character that is not taken becomes `_`, and `_` with 6 hexadecimal digits of the name's SHA-256
 * follows, so that different names stay different: `rewards/½ as long/mean` becomes `rewards/_ as long/mean_935d72`.
 */
export function mlflowName(name: string): string {
  const parts = name.replace(/[^A-Za-z0-9_\-. /]/g, '_').split('/')
  const mapped = parts.map((part) => (isNoName(part) ? '_' : part)).join('/')
  if (mapped === name && name.length <= longest) return name
  return `${mapped.slice(0, longest - 7)}_${sixDigits(name)}`
}

/** The name of a stage's metric: MLflow shows what comes before the `/` as a group. */
export const metricKey = (stage: string, key: string): string => mlflowName(`${stage}/${key}`)
