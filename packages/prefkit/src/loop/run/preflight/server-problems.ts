import { serverAddress } from '../../../judge/judge-config'
import { PrefkitError } from '../../../prefkit-error'
import type { RunConfig } from '../config/run-config'
import { type Check, type Problem, problemOf } from './problem'

/** How a section says where a server is, and which variable of the environment has its key. */
interface ServerNaming {
  readonly baseUrl?: string | undefined
  readonly apiKeyEnv: string
}

/** Names the key where a section names none: a server of one's own may then do without. */
const usualKey = 'OPENAI_API_KEY'

const refuse = (problem: string): never => {
  throw new PrefkitError('INVALID_CONFIG', problem)
}

/** An address with a secret in it is not shown. */
function requireAddress(baseUrl: string): void {
  const { error } = serverAddress.safeParse(baseUrl)
  if (!error) return
  if (error.issues.some(({ code }) => code === 'custom')) {
    refuse(
      'has a user, a password or a key in it, which would be kept with the run: put the key into a variable of the environment, and name that by apiKeyEnv',
    )
  }
  refuse(`expected an address such as http://127.0.0.1:8080/v1, got ${JSON.stringify(baseUrl)}`)
}

function requireKey({ baseUrl, apiKeyEnv }: ServerNaming): void {
  if (process.env[apiKeyEnv] || (baseUrl !== undefined && apiKeyEnv === usualKey)) return
  const server = baseUrl === undefined ? 'OpenAI, or give the baseUrl of another server' : 'the server'
  const otherwise = baseUrl === undefined ? '' : '; where it needs none, leave apiKeyEnv out'
  refuse(
    `the variable ${apiKeyEnv} of the environment is not set: set it to the key of ${server}${otherwise}`,
  )
}

/** What is wrong with how a server is to be reached; it is not asked. */
export const problemsOfServer = async (
  naming: ServerNaming,
  place: readonly PropertyKey[],
): Promise<Problem[]> => {
  const { baseUrl } = naming
  return [
    ...(baseUrl === undefined ? [] : await problemOf([...place, 'baseUrl'], () => requireAddress(baseUrl))),
    ...(await problemOf([...place, 'apiKeyEnv'], () => requireKey(naming))),
  ]
}

/** The server that draws a policy's responses. */
export const rolloutServerProblems: Check<RunConfig> = ({ policy }) =>
  policy && 'rollouts' in policy && policy.rollouts
    ? problemsOfServer(policy.rollouts, ['policy', 'rollouts'])
    : []
