// What lm-bench.ts asks for in llama.cpp, on the processor. node llama-cpp.ts F32|F16, the type of its cache.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getLlama, type LlamaContextSequence, LlamaLogLevel, type Token } from 'node-llama-cpp'
import type { LmRequest } from '../lm/cases.ts'
import { serveSteps } from '../peer.ts'
import { again } from '../work.ts'

const manifest = join(import.meta.dirname, '../node_modules/node-llama-cpp/package.json')
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
const cacheType = process.argv[2] as 'F32' | 'F16'

/** The best tokens after a text, as many as asked for. */
async function complete(
  sequence: LlamaContextSequence,
  tokens: readonly number[],
  count: number,
): Promise<number[]> {
  await sequence.clearHistory()
  const found: number[] = []
  // Its tokens are numbers with a brand. Nothing ends a text but its length.
  const stream = sequence.evaluate(tokens as readonly number[] as Token[], {
    temperature: 0,
    yieldEogToken: true,
  })
  for await (const token of stream) if (found.push(token) === count) break
  return found
}

await serveSteps(async ({ model: modelPath, sequences, newTokens = 1, threads }: LmRequest) => {
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
  })
  const model = await llama.loadModel({ modelPath })
  const length = sequences[0]!.length
  const context = await model.createContext({
    sequences: sequences.length,
    contextSize: length + newTokens,
    batchSize: sequences.length * length,
    threads,
    experimentalKvCacheKeyType: cacheType,
    experimentalKvCacheValueType: cacheType,
  })
  const slots = sequences.map(() => context.getSequence())
  const description = `node-llama-cpp ${version}, cache ${cacheType}, ${context.currentThreads} thread(s)`
  const run = again(async () =>
    (await Promise.all(slots.map((slot, i) => complete(slot, sequences[i]!, newTokens)))).flat(),
  )
  return { description, run }
})
