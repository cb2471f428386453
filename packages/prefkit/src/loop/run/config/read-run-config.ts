import { readFile } from 'node:fs/promises'
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import { PrefkitError } from '../../../prefkit-error'
import { preflight } from '../preflight/preflight'
import type { Located } from './issue-text'
import { locatedBy } from './located-by'
import { parseRunConfig, type RunConfig } from './run-config'

/** `policy.steps=20`, as a path and a value that is read as YAML. @throws PrefkitError `INVALID_CONFIG`. */
function assignmentOf(text: string): { readonly path: readonly string[]; readonly value: unknown } {
  const [, name, value] = /^([\w.+-]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined) {
    const message = `--set ${text}: expected <setting>=<value>, such as policy.steps=20`
    throw new PrefkitError('INVALID_CONFIG', message)
  }
  return { path: name.split('.'), value: parseDocument(value!).toJS() }
}

/** @throws PrefkitError `INVALID_CONFIG` where what the path leads through is no section. */
function assign(document: Document, { path, value }: ReturnType<typeof assignmentOf>): void {
  try {
    document.setIn(yamlPath(path), value)
  } catch (cause) {
    const name = keyOf(path)
    const message = `--set ${name}: what it is a part of is a value, and has no settings of its own`
    throw new PrefkitError('INVALID_CONFIG', message, { cause })
  }
}

/** Numbers in a path are places of lists. */
const yamlPath = (path: readonly PropertyKey[]) =>
  path.map((part) => (typeof part === 'string' && /^\d+$/.test(part) ? Number(part) : part))

/** A path as an assignment has it: part by part, a place of a list as a number. */
const keyOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')

/** A configuration, and where its settings stand. */
export interface LocatedRunConfig {
  readonly config: RunConfig
  readonly located: Located
}

/**
 * Reads a file of settings: YAML, of which JSON is a part.
 * @param assignments settings laid over it, such as `policy.steps=20`.
 * @throws PrefkitError `DATA_MISSING` where there is no such file; `INVALID_CONFIG` with file and line of each thing that is wrong, also of
 *   what only a later stage of the run would have refused: see `preflight`.
 */
export async function readLocatedConfig(
  file: string,
  assignments: readonly string[] = [],
): Promise<LocatedRunConfig> {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new PrefkitError('DATA_MISSING', `${file}: could not be read: ${(cause as Error).message}`, {
      cause,
    })
  })
  const located = locate(content, file, assignments)
  const config = parseRunConfig(located.value, located)
  await preflight(config, located)
  return { config, located }
}

/** The configuration alone of {@link readLocatedConfig}. */
export const readRunConfig = async (file: string, assignments?: readonly string[]): Promise<RunConfig> =>
  (await readLocatedConfig(file, assignments)).config

/** The same of its content. @throws PrefkitError `INVALID_CONFIG` for what is no YAML, or no settings. */
export function locate(content: string, file: string, assignments: readonly string[] = []): Located {
  const lineCounter = new LineCounter()
  const document = parseDocument(content, { lineCounter })
  const [broken] = document.errors
  if (broken) {
    const { line } = lineCounter.linePos(broken.pos[0])
    throw new PrefkitError('INVALID_CONFIG', `${file}:${line}: ${broken.message.split('\n')[0]}`)
  }
  if (document.contents === null) {
    const problem = 'is empty: expected settings, such as those of prefkit run --example'
    throw new PrefkitError('INVALID_CONFIG', `${file}: ${problem}`)
  }
  const set = assignments.map(assignmentOf)
  for (const assignment of set) assign(document, assignment)
  const assigned = set.map(({ path }) => keyOf(path))
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    const node = document.getIn(yamlPath(path), true)
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line
    // What is not there is missing in what surrounds it.
    return path.length > 0 ? lineOf(path.slice(0, -1)) : undefined
  }
  return locatedBy(document.toJS(), (path) => {
    const key = keyOf(path)
    if (assigned.some((name) => key === name || key.startsWith(`${name}.`))) return '--set'
    const line = lineOf(path)
    return line === undefined ? file : `${file}:${line}`
  })
}
