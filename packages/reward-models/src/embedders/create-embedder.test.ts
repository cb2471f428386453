import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSafetensors } from '@prefkit/nn/files'
import { tensor } from '@prefkit/tensor'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createEmbedder, embedderKinds } from './create-embedder'
import type { EmbedderSpec } from './embedder-spec'
import { hashedNgrams } from './hashed-ngrams'
import { openAIEmbeddings } from './openai-embeddings'
import { sentenceEncoder } from './sentence-encoder'
import { transformersEmbedder } from './transformers-embedder'

let folder = ''
const path = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-spec-'))
  await writeSafetensors(path('v.safetensors'), {
    v: tensor([
      [1, 2],
      [3, 4],
    ]),
    w: tensor([
      [5, 6],
      [7, 8],
    ]),
  })
  await writeFile(path('t.jsonl'), '"first"\n\n{"id":"x","text":"second"}\r\n')
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const server = { model: 'm', baseURL: 'http://localhost:1/v1', dimensions: 4 }

describe('createEmbedder', () => {
  it.each([
    [{ kind: 'hashedNgrams', dimensions: 64 }, hashedNgrams({ dimensions: 64 })],
    [{ kind: 'sentenceEncoder', window: 100, stride: 50 }, sentenceEncoder({ window: 100, stride: 50 })],
    [{ kind: 'openai', ...server }, openAIEmbeddings(server)],
    [
      { kind: 'transformers', model: 'a/b', pooling: 'cls' },
      transformersEmbedder({ model: 'a/b', pooling: 'cls' }),
    ],
  ] satisfies [EmbedderSpec, unknown][])('makes %j', async (spec, expected) => {
    const { id } = await createEmbedder(JSON.parse(JSON.stringify(spec)))
    expect(id).toBe(expected.id)
  })

  it('knows every kind', () => {
    expect(embedderKinds).toEqual([
      'hashedNgrams',
      'sentenceEncoder',
      'openai',
      'transformers',
      'precomputed',
    ])
  })

  it('reads precomputed vectors and their texts', async () => {
    const spec = {
      kind: 'precomputed',
      vectors: path('v.safetensors'),
      texts: path('t.jsonl'),
      tensor: 'w',
    } as const
    const embedder = await createEmbedder(spec)
    expect((await embedder.embed(['second', 'first'])).data).toEqual(Float32Array.of(7, 8, 5, 6))
  })

  it.each([
    ['"a"\n', 'few.jsonl: expected a text for each of the 2 rows of'],
    ['"a"\n3\n', 'few.jsonl:2: expected a string or an object with the string text, got 3'],
    ['"a"\n"b\n', 'few.jsonl:2: '],
  ])('names the line of texts that do not fit (%#)', async (content, message) => {
    await writeFile(path('few.jsonl'), content)
    const spec = {
      kind: 'precomputed',
      vectors: path('v.safetensors'),
      texts: path('few.jsonl'),
      tensor: 'v',
    } as const
    await expect(createEmbedder(spec)).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining(message),
    })
    await expect(createEmbedder({ ...spec, texts: path('none.jsonl') })).rejects.toThrow(
      'none.jsonl: there is no such file',
    )
  })

  it('takes a key beside the description, and none in it', async () => {
    vi.stubEnv('OPENAI_API_KEY', undefined)
    const spec = { kind: 'openai', model: 'm' } as const
    await expect(createEmbedder(spec)).rejects.toThrow('apiKey: expected a key for api.openai.com')
    expect((await createEmbedder(spec, { apiKey: 'sk-secret' })).id).toContain('api.openai.com')
    const leaking = createEmbedder({ ...spec, apiKey: 'sk-secret' } as EmbedderSpec)
    await expect(leaking).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: 'createEmbedder: apiKey: a description may not hold a key',
    })
  })

  it.each([
    [
      undefined,
      'createEmbedder: kind: expected one of hashedNgrams, sentenceEncoder, openai, transformers, precomp',
    ],
    [{ kind: 'toString' }, 'got "toString"'],
    [{ kind: 'hashedNgrams', size: 1 }, 'hashedNgrams: no option size'],
    [
      { kind: 'precomputed', vectors: 'v.npy' },
      'precomputed: texts: expected a text that is not empty, got ""',
    ],
    [{ kind: 'openai' }, 'openAIEmbeddings: model: expected a text that is not empty'],
  ])('refuses %j', async (spec, message) => {
    await expect(createEmbedder(spec as EmbedderSpec)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(message),
    })
  })
})
