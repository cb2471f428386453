// node judge-run.ts PLAN: judges pairs with a model behind the server, with a journal, and a cache where the plan has one.
import { join } from 'node:path'
import {
  cachedModel,
  diskCache,
  generativeJudge,
  judgeAll,
  openaiChatModel,
} from '../../packages/judges/dist/index.js'
import { pairwiseYesNoFormat } from '../../packages/rubrics/dist/index.js'
import { makePairs } from './pairs.ts'
import { measure, readPlan } from './plan.ts'

const plan = readPlan()
const { url, connections, folder, count } = plan
const server = openaiChatModel({ baseUrl: url, model: 'stub', concurrency: connections })
const model = plan.cache ? cachedModel(server, diskCache(join(folder, 'cache'))) : server
const judge = generativeJudge(model, pairwiseYesNoFormat(), { orders: 'given' })
const options = { journal: join(folder, 'journal.jsonl'), concurrency: plan.connections + 8 }

await measure(plan, async (settled) => {
  let judged = 0
  for await (const { judgement } of judgeAll(judge, makePairs(count), options)) {
    if (judgement?.verdict === 'a') judged += 1
    settled(judged)
  }
  return judged
})
