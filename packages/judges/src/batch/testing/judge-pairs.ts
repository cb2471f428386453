// node … judge-pairs.ts SETTINGS: judges pairs with a model behind a server, and prints what came of each, a line an item.
import { type PairFormat, pairwiseYesNoFormat } from '@prefkit/rubrics'
import { generativeJudge } from '../../judging/generative-judge'
import { openaiChatModel } from '../../models/openai-chat-model'
import { cachedModel } from '../cached-model'
import { diskCache } from '../disk-cache'
import { judgeAll } from '../judge-all'
import { pairsToJudge } from './pairs-to-judge'

/** What the program is told, as JSON. */
export interface JudgePairsSettings {
  readonly url: string
  readonly count: number
  readonly votes: number
  /** Pairs at once. */
  readonly concurrency: number
  /** Requests at once. */
  readonly requests: number
  readonly journal: string
  /** Folder of the cache; none where it is missing. */
  readonly cache?: string
}

const settings: JudgePairsSettings = JSON.parse(process.argv[2] ?? '{}')
const { url, count, votes, concurrency, requests, journal, cache } = settings
const server = { baseUrl: url, model: 'test-model', concurrency: requests, retries: 20, retryDelay: 5 }
const model = openaiChatModel(server)
const format: PairFormat = pairwiseYesNoFormat()
const judge = generativeJudge(cache ? cachedModel(model, diskCache(cache)) : model, format, { votes })
for await (const judged of judgeAll(judge, pairsToJudge(count), { journal, concurrency }))
  process.stdout.write(`${JSON.stringify(judged)}\n`)
