import { cachedEmbedder } from '../cached-embedder'

// Fills a cache with `<name>0`, `<name>1`, … until it is killed: fill-cache.ts <name> <directory>.
const [, , name, directory] = process.argv
const vector = (text: string) => [text.length, text.charCodeAt(0), 1 / 3]
const embed = async (texts: readonly string[]) => ({
  data: Float32Array.from(texts.flatMap(vector)),
  rows: texts.length,
  columns: 3,
})
const cached = cachedEmbedder({ id: 'counting', embed }, { directory: directory!, batchSize: 2 })
await cached.embed([`${name}0`])
process.send?.('ready')
for (let i = 1; ; i++) await cached.embed([name + i, `shared${i}`])
