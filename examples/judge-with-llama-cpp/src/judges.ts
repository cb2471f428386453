import {
  cachedLogprobs,
  cachedModel,
  diskCache,
  generativeJudge,
  type Judge,
  type LogprobProvider,
  llamaCppLogprobs,
  logprobJudge,
  openaiChatModel,
  openaiLogprobs,
} from '@prefkit/judges'
import { pairwiseLabelFormat, pairwiseYesNoFormat } from '@prefkit/rubrics'
import type { Options } from './options.ts'

/** How many parameters SmolLM2-135M-Instruct has, as the server tells. */
const PARAMETERS = 134_515_008

interface ListedModel {
  readonly id: string
  readonly meta?: { readonly n_params?: number }
}

const guide = 'README.md says how to start llama-server'

async function listModels(server: string): Promise<readonly ListedModel[]> {
  const address = `${server}/v1/models`
  const response = await fetch(address).catch((error: unknown) => {
    throw new Error(`${server} does not answer; ${guide}`, { cause: error })
  })
  if (!response.ok) throw new Error(`${address} answers with status ${response.status}; ${guide}`)
  const body: unknown = await response.json().catch(() => undefined)
  const { data } = (body ?? {}) as { data?: unknown }
  if (!Array.isArray(data)) throw new Error(`${address} lists no models; ${guide}`)
  return data as ListedModel[]
}

/** The name that the server calls its model by. Throws unless that has the parameters of SmolLM2-135M. */
export async function modelOf(server: string): Promise<string> {
  const [model] = await listModels(server)
  if (model?.meta?.n_params === PARAMETERS) return model.id
  const size = model?.meta?.n_params
  const found =
    size === undefined ? 'a model of which it does not say the size' : `a model of ${size} parameters`
  throw new Error(`${server} serves ${found}; expected SmolLM2-135M-Instruct, which has ${PARAMETERS}`)
}

/** The same model asked in four ways, each in both orders, by the name of the way. */
export function judgesOf(
  { server, cache }: Pick<Options, 'server' | 'cache'>,
  model: string,
): Readonly<Record<string, Judge>> {
  // As many requests at once as the server has slots.
  const options = { baseUrl: `${server}/v1`, model, concurrency: 2 }
  const kept = cache === undefined ? undefined : diskCache(cache)
  const keep = (provider: LogprobProvider) => (kept ? cachedLogprobs(provider, kept) : provider)
  const everyToken = keep(llamaCppLogprobs({ ...options, topLogprobs: 'all' }))
  const topTokens = keep(openaiLogprobs({ ...options, topLogprobs: 20 }))
  const chat = openaiChatModel(options)
  const written = kept ? cachedModel(chat, kept) : chat
  const yesNo = pairwiseYesNoFormat()
  const label = pairwiseLabelFormat()
  return {
    'yes or no, every token': logprobJudge(everyToken, yesNo),
    'yes or no, top 20': logprobJudge(topTokens, yesNo),
    'A or B, every token': logprobJudge(everyToken, label),
    'A or B, written': generativeJudge(written, label, { temperature: 0, seed: 1, maxTokens: 16 }),
  }
}
