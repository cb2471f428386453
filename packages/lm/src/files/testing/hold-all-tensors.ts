// node --import …/tools/on-sources.mjs hold-all-tensors.ts MODEL      holds every tensor of a model, and writes the bytes
// of their elements and by how many bytes the process has grown at most since before it opened the model.
import { loadCheckpoint } from '../load-checkpoint'

const peak = (): number => process.resourceUsage().maxRSS * 1024
const before = peak()
const checkpoint = await loadCheckpoint(process.argv[2]!)
const held: { data: ArrayBufferView }[] = []
for (const name of checkpoint.tensors.names) held.push(await checkpoint.tensors.read(name))
const weights = held.reduce((sum, { data }) => sum + data.byteLength, 0)
process.stdout.write(JSON.stringify({ weights, growth: peak() - before }))
await checkpoint.close()
