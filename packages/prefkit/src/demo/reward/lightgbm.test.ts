import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { scoreFeatures, trainRewardModel } from '@prefkit/reward-models'
import { expect, it } from 'vitest'
import { type BundledFile, bundledFile } from '../bundled-files'
import { bundledEmbeddings } from './bundled-embeddings'
import goldens from './goldens/clf-trees.json' with { type: 'json' }

/** A row of the pairs' file, or of the arguments'. */
interface Line {
  readonly id: string
  readonly a1: string
  readonly a2: string
  readonly gold: number | null
  readonly strict: boolean
}

async function linesOf(name: BundledFile): Promise<Line[]> {
  const text = gunzipSync(await readFile(await bundledFile(name))).toString('utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

it('CLF-Trees are LightGBM’s on the arguments that are bundled, split for split', async () => {
  const ids = (await linesOf('ukpconvarg1/arguments.jsonl.gz')).map(({ id }) => id)
  const pairs = (await linesOf('ukpconvarg1/pairs.jsonl.gz')).filter(({ strict, gold }) => strict && gold)
  const embedder = await bundledEmbeddings('ukpconvarg1/embeddings.safetensors', { arguments: ids })
  const features = await embedder.embed(ids)
  const places = new Map(ids.map((id, row) => [id, row]))
  const side = (first: number) =>
    Int32Array.from(pairs, ({ a1, a2, gold }) => places.get(gold === first ? a1 : a2)!)
  const model = await trainRewardModel(
    { features, chosen: side(1), rejected: side(2) },
    { kind: 'trees', objective: 'clf', epochs: goldens.trees.length, validationFraction: 0, keep: 'last' },
  )
  const { trees } = model.members[0]!
  expect(trees.length).toBe(goldens.trees.length)
  for (const [i, expected] of goldens.trees.entries()) {
    const { splitFeature, threshold, leafCount, leafValue } = trees[i]!
    expect([...splitFeature]).toEqual(expected.split_feature)
    expect([...threshold]).toEqual(expected.threshold)
    expect([...leafCount]).toEqual(expected.leaf_count)
    // Sums of some thousand floats in another order, of which LightGBM rounds each to f32: 2⁻²³ of values below 1.
    const apart = Array.from(leafValue, (value, leaf) => Math.abs(value - expected.leaf_value[leaf]!))
    expect(Math.max(...apart)).toBeLessThan(1e-7)
  }
  const scores = await scoreFeatures(model, features)
  // Rewards are f32.
  const apart = Array.from(scores, (score, row) => Math.abs(score - goldens.scores[row]!))
  expect(Math.max(...apart)).toBeLessThan(1e-6)
})
