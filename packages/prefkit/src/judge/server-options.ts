import type { ServerOptions } from '@prefkit/judges'
import { PrefkitError } from '../prefkit-error'
import type { ServerConfig } from './judge-config'
import type { JudgeSurroundings } from './judge-surroundings'

const openaiUrl = 'https://api.openai.com/v1'

/** The key of the environment; only OpenAI's own server cannot do without. */
function keyOf({ apiKeyEnv, baseUrl }: ServerConfig): string | undefined {
  const key = process.env[apiKeyEnv]
  if (key !== undefined && key !== '') return key
  if (baseUrl !== undefined) return undefined
  const message = `${apiKeyEnv} is not set; expected the key of ${openaiUrl} in it, or --base-url with another server`
  throw new PrefkitError('INVALID_CONFIG', message)
}

/**
 * How a server is called, out of its configuration.
 * @throws PrefkitError `INVALID_CONFIG` where a key is needed and the environment has none.
 */
export function serverOptionsOf(
  server: ServerConfig,
  model: string,
  { limit, onNotice }: Pick<JudgeSurroundings, 'limit' | 'onNotice'>,
): ServerOptions {
  const { baseUrl = openaiUrl, timeout, retries, prices } = server
  const apiKey = keyOf(server)
  const [prompt, completion] = prices ?? []
  return {
    baseUrl,
    model,
    timeout: 1000 * timeout,
    retries,
    limit,
    onNotice,
    ...(apiKey !== undefined && { apiKey }),
    ...(prompt !== undefined && completion !== undefined && { prices: { prompt, completion } }),
  }
}
