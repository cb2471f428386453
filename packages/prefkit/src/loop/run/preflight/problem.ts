import { inSettings } from '../setting-words'

/** What is wrong with a configuration, and where. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly problem: string
}

/** Errors of packages have a code: what has none is a fault of ours, and no problem of a configuration. */
const isTold = (error: unknown): error is Error =>
  error instanceof Error && typeof (error as { code?: unknown }).code === 'string'

/** The place is said beside: a message that begins with the name of its setting would say it twice. */
function withoutName(message: string, path: readonly PropertyKey[]): string {
  const said = [path.join('.'), ...path.map(String), 'rewards']
  const name = said.find((each) => message.startsWith(`${each}: `))
  return name === undefined ? message : withoutName(message.slice(name.length + 2), path)
}

/** What a piece of work says is wrong where it is done with these settings; nothing where it can be done. */
export async function problemOf(path: readonly PropertyKey[], work: () => unknown): Promise<Problem[]> {
  try {
    await work()
    return []
  } catch (error) {
    if (!isTold(error)) throw error
    return [{ path, problem: withoutName(inSettings(error.message), path) }]
  }
}

/** Looks for problems of one kind. */
export type Check<Config> = (config: Config) => Promise<readonly Problem[]> | readonly Problem[]
