import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSafetensors } from '@prefkit/nn/files'
import { tensor } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cachedEmbedder } from '../embedders/cached-embedder'
import { createEmbedder } from '../embedders/create-embedder'
import type { EmbedderSpec } from '../embedders/embedder-spec'
import { writeTinyModel } from '../embedders/testing/tiny-model'
import { describeFeatures } from './describe-features'
import type { FeaturePart } from './feature-parts'
import type { FeatureSpec } from './feature-spec'
import { openFeatureEmbedder } from './open-feature-embedder'
import { surfaceFeatureNames } from './surface-features'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-features-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The description of features, as a saved model's JSON holds it. */
async function saved(spec: EmbedderSpec, parts: readonly FeaturePart[]): Promise<FeatureSpec> {
  return JSON.parse(JSON.stringify(describeFeatures(spec, await createEmbedder(spec), parts)))
}

const ngrams = { kind: 'hashedNgrams', dimensions: 16 } as const

describe('describeFeatures', () => {
  it('keeps the id of the embedder, of a cached one too, and the surface features where they are used', async () => {
    const plain = await createEmbedder(ngrams)
    const embedder = cachedEmbedder(plain, { directory: folder })
    expect(describeFeatures(ngrams, embedder, ['response'])).toEqual({
      embedder: ngrams,
      embedderId: plain.id,
      parts: ['response'],
    })
    expect(describeFeatures(ngrams, embedder, ['surface', 'cosine'])).toEqual({
      embedder: ngrams,
      embedderId: plain.id,
      parts: ['surface', 'cosine'],
      surface: surfaceFeatureNames,
    })
    const wrong = ['answer'] as unknown as FeaturePart[]
    expect(() => describeFeatures(ngrams, embedder, wrong)).toThrow('got answer')
  })
})

describe('openFeatureEmbedder', () => {
  it('opens what has not changed', async () => {
    const features = await saved(ngrams, ['response', 'surface'])
    expect((await openFeatureEmbedder(features)).id).toBe(features.embedderId)
  })

  it.each([
    ['one less', surfaceFeatureNames.slice(1)],
    ['in another order', surfaceFeatureNames.toReversed()],
    ['nothing of them', undefined],
  ])('refuses other surface features: %s', async (_, surface) => {
    const features = { ...(await saved(ngrams, ['surface'])), surface } as FeatureSpec
    await expect(openFeatureEmbedder(features)).rejects.toMatchObject({
      code: 'EMBEDDER_CHANGED',
      message: expect.stringMatching(/^the model was trained on the surface features .* train again/),
    })
  })

  it('does not mind the surface features of a model without them', async () => {
    const features = { ...(await saved(ngrams, ['response'])), surface: ['other'] }
    expect((await openFeatureEmbedder(features)).id).toBe(features.embedderId)
  })

  it('names both ids when the description now stands for another embedder', async () => {
    const features = { ...(await saved(ngrams, ['response'])), embedderId: 'hashedNgrams:0:old' }
    await expect(openFeatureEmbedder(features)).rejects.toMatchObject({
      code: 'EMBEDDER_CHANGED',
      message: expect.stringMatching(
        /of hashedNgrams:0:old; .* is hashedNgrams:1:dimensions=16,.* now: restore .* train again$/,
      ),
    })
  })

  it('refuses files of vectors that were overwritten', async () => {
    const [vectors, texts] = [join(folder, 'v.safetensors'), join(folder, 't.jsonl')]
    await writeSafetensors(vectors, { v: tensor([[1, 2]]) })
    await writeFile(texts, '"a"\n')
    const features = await saved({ kind: 'precomputed', vectors, texts }, ['response'])
    expect((await openFeatureEmbedder(features)).id).toBe(features.embedderId)
    await writeSafetensors(vectors, { v: tensor([[1, 3]]) })
    await expect(openFeatureEmbedder(features)).rejects.toMatchObject({ code: 'EMBEDDER_CHANGED' })
  })

  it('refuses a folder with another model, and takes the same model in another folder', async () => {
    const [model, copy] = [join(folder, 'model'), join(folder, 'copy')]
    await Promise.all([writeTinyModel(model), writeTinyModel(copy)])
    const features = await saved({ kind: 'transformers', model }, ['response'])
    const moved = { ...features, embedder: { kind: 'transformers', model: copy } as const }
    expect((await openFeatureEmbedder(moved)).id).toBe(features.embedderId)
    await writeFile(join(model, 'onnx', 'model.onnx'), 'other weights')
    await expect(openFeatureEmbedder(features)).rejects.toMatchObject({ code: 'EMBEDDER_CHANGED' })
  })
})
