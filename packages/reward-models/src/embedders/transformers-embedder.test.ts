import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { cwd } from 'node:process'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Matrix } from '../matrix'
import { tinyVector, tinyVocabulary, writeTinyModel } from './testing/tiny-model'
import { type TransformersEmbedderOptions, transformersEmbedder } from './transformers-embedder'

let model = ''
beforeAll(async () => {
  model = await mkdtemp(join(tmpdir(), 'prefkit-tiny-model-'))
  await writeTinyModel(model)
})
afterAll(() => rm(model, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

async function copyModel(name: string, change: (copy: string) => Promise<void>): Promise<void> {
  await writeTinyModel(join(model, name))
  await change(join(model, name))
}

const vectorsOf = (tokens: string) =>
  tokens.split(' ').map((token) => tinyVector(tinyVocabulary.indexOf(token)))
const mean = (tokens: string) => {
  const vectors = vectorsOf(tokens)
  return vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / vectors.length)
}
const unit = (values: number[]) => values.map((value) => value / Math.hypot(...values))
const expectRows = ({ data, columns }: Matrix, expected: number[][]) => {
  const rows = expected.map((_, i) => [...data.slice(i * columns, (i + 1) * columns)])
  rows.forEach((row, i) => {
    // Sums of eight float32 numbers of up to 64, rounded at 6e-8 of their size.
    row.forEach((value, at) => {
      expect(value).toBeCloseTo(expected[i]![at]!, 4)
    })
  })
  expect(data.length).toBe(expected.length * columns)
}

describe('transformersEmbedder', () => {
  it('means the vectors of the tokens, and not of the padding', async () => {
    const texts = ['red', 'Darker  blue', '', 'green unheard']
    const vectors = await transformersEmbedder({ model, normalize: false }).embed(texts)
    const tokens = ['[CLS] red [SEP]', '[CLS] dark ##er blue [SEP]', '[CLS] [SEP]', '[CLS] green [UNK] [SEP]']
    expectRows(vectors, tokens.map(mean))
  })

  it('brings vectors to length 1, batch by batch', async () => {
    const seen: number[][] = []
    const options = { onProgress: (...counts: number[]) => seen.push(counts) }
    const vectors = await transformersEmbedder({ model, batchSize: 2 }).embed(
      ['red', 'green red', 'blue'],
      options,
    )
    const tokens = ['[CLS] red [SEP]', '[CLS] green red [SEP]', '[CLS] blue [SEP]']
    expectRows(
      vectors,
      tokens.map((text) => unit(mean(text))),
    )
    expect(seen).toEqual([
      [0, 3],
      [2, 3],
      [3, 3],
    ])
  })

  it('takes the first or the last token when the model is made for that', async () => {
    const embed = (pooling: 'cls' | 'last_token') =>
      transformersEmbedder({ model, pooling, normalize: false }).embed(['red'])
    expectRows(await embed('cls'), vectorsOf('[CLS]'))
    expectRows(await embed('last_token'), vectorsOf('[SEP]'))
  })

  it('reads as many tokens of a long text as the model does, which leaves no place for the one at the end', async () => {
    const vectors = await transformersEmbedder({ model, normalize: false }).embed(['red '.repeat(20)])
    expectRows(vectors, [mean(`[CLS]${' red'.repeat(7)}`)])
  })

  it('takes a folder relative to where it runs', async () => {
    const path = relative(cwd(), model)
    expect(path).toMatch(/^\.\./)
    expectRows(await transformersEmbedder({ model: path, normalize: false }).embed(['red']), [
      mean('[CLS] red [SEP]'),
    ])
  })

  it('takes a folder in the home directory', async () => {
    vi.stubEnv('HOME', model).stubEnv('USERPROFILE', model)
    await copyModel('at-home', async () => {})
    expect(transformersEmbedder({ model: '~/at-home' }).id).toBe(transformersEmbedder({ model }).id)
    expect(() => transformersEmbedder({ model: '~/none' })).toThrow(`no folder ${join(model, 'none')}`)
    const vectors = await transformersEmbedder({ model: '~/at-home', normalize: false }).embed(['red'])
    expectRows(vectors, [mean('[CLS] red [SEP]')])
  })

  it('names a model that is not there and what to do', async () => {
    const folder = join(model, 'none')
    expect(() => transformersEmbedder({ model: folder })).toThrow(
      expect.objectContaining({
        code: 'EMBEDDER_MISSING',
        message: `transformersEmbedder: the model ${folder} could not be loaded: there is no folder ${folder}; check its path`,
      }),
    )
    await mkdir(join(model, 'bare'))
    expect(() => transformersEmbedder({ model: join(model, 'bare') })).toThrow(
      /could not be loaded: .*onnx.*; check that the folder has config.json/,
    )
    expect(() => transformersEmbedder({ model, dtype: 'q4' })).toThrow('model_q4.onnx')
    const options = { model: 'prefkit/none', localFilesOnly: true, cacheDir: model }
    await expect(transformersEmbedder(options).embed(['red'])).rejects.toThrow(
      /the model prefkit\/none could not be loaded: .* check its name and the connection/,
    )
    // A folder that is there wherever the tests run.
    await expect(transformersEmbedder({ ...options, model: 'node_modules' }).embed(['red'])).rejects.toThrow(
      'for the folder of this name that is here, write ./node_modules',
    )
    await copyModel('damaged', (copy) => writeFile(join(copy, 'onnx', 'model.onnx'), 'no graph'))
    await expect(
      transformersEmbedder({ model: join(model, 'damaged') }).embed(['red']),
    ).rejects.toMatchObject({ code: 'EMBEDDER_MISSING' })
  })

  it('says what to install when the package is not there', async () => {
    vi.resetModules()
    vi.doMock('@huggingface/transformers', () => {
      throw new Error('absent')
    })
    const { transformersEmbedder: fresh } = await import('./transformers-embedder')
    await expect(fresh({ model }).embed(['a'])).rejects.toMatchObject({
      code: 'EMBEDDER_MISSING',
      message: expect.stringContaining('npm install @huggingface/transformers'),
    })
    vi.doUnmock('@huggingface/transformers')
  })

  it('names what changes the vectors in its id', () => {
    const { id } = transformersEmbedder({ model: 'a/b', pooling: 'cls', dtype: 'q8', batchSize: 3 })
    expect(id).toBe('transformers:1:a/b:revision=main,pooling=cls,normalize=true,dtype=q8')
  })

  it('names the content of a folder in its id, wherever it is', async () => {
    const { id } = transformersEmbedder({ model })
    expect(id).toMatch(/^transformers:1:files=[0-9a-f]{32},pooling=mean,normalize=true,dtype=fp32$/)
    const idOf = async (name: string, change: (copy: string) => Promise<void>) => {
      await copyModel(name, change)
      return transformersEmbedder({ model: join(model, name) }).id
    }
    expect(await idOf('same', (copy) => writeFile(join(copy, 'README.md'), 'of no effect'))).toBe(id)
    const changed = await Promise.all(
      ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'].map((file, i) =>
        idOf(`changed-${i}`, (copy) => appendFile(join(copy, file), ' ')),
      ),
    )
    changed.push(await idOf('data', (copy) => writeFile(join(copy, 'onnx', 'model.onnx_data'), '1')))
    expect(new Set([id, ...changed]).size).toBe(6)
  })

  it.each([
    [{ model: '' }, 'transformersEmbedder: model: expected a text that is not empty, got ""'],
    [{ model: 'a', pooling: 'max' }, 'pooling: expected one of mean, cls, last_token, got "max"'],
    [{ model: 'a', dtype: 'fp8' }, 'dtype: expected one of fp32, fp16, q8'],
    [{ model: 'a', normalize: 1 }, 'normalize: expected true or false, got 1'],
  ])('refuses %j', (options, message) => {
    expect(() => transformersEmbedder(options as TransformersEmbedderOptions)).toThrow(message)
  })
})
