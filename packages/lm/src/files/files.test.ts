import { spawnSync } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serializeSafetensors } from '@prefkit/nn'
import { type Tensor, tensor, zeros } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Checkpoint } from '../checkpoint/checkpoint'
import { parameterShapes } from '../config/parameter-shapes'
import { parseModelConfig } from '../config/parse-model-config'
import { sha256 } from '../goldens/digest'
import { goldenPath, loadGolden } from '../goldens/load-goldens'
import { loadCheckpoint } from './load-checkpoint'
import { saveCheckpoint } from './save-checkpoint'

interface Golden {
  readonly models: Record<string, Record<string, { shape: number[]; sha256: string }>>
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-lm-'))
})
afterAll(() => rm(folder, { recursive: true }))

const { models } = loadGolden<Golden>('models/models.json')
const original = (name: string) => goldenPath(`models/${name}`)

/** A copy of a golden model, to be spoilt. */
async function copyOf(name: string): Promise<string> {
  const path = await mkdtemp(join(folder, `${name}-`))
  await cp(original(name), path, { recursive: true })
  return path
}

const readAll = async ({ tensors }: Pick<Checkpoint, 'tensors'>): Promise<Record<string, Tensor>> =>
  Object.fromEntries(
    await Promise.all(tensors.names.map(async (name) => [name, await tensors.read(name)] as const)),
  )

const digests = (tensors: Record<string, Tensor>) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, data }]) => [
      name,
      { shape: [...dims], sha256: sha256(data) },
    ]),
  )

async function withCheckpoint<T>(path: string, use: (checkpoint: Checkpoint) => T | Promise<T>): Promise<T> {
  const checkpoint = await loadCheckpoint(path)
  try {
    return await use(checkpoint)
  } finally {
    await checkpoint.close()
  }
}

describe.each(Object.keys(models))('%s', (name) => {
  it('has the parameters that transformers has', async () => {
    await withCheckpoint(original(name), async (checkpoint) => {
      expect(checkpoint.format).toBe('hugging-face')
      expect(digests(await readAll(checkpoint))).toEqual(models[name])
      expect(checkpoint.generationConfig?.eosTokenIds).toEqual(checkpoint.config.eosTokenIds)
    })
  })

  it('is saved and loaded the same, whole and in shards', async () => {
    for (const maxShardBytes of [5e9, 3000]) {
      const path = join(folder, `saved-${name}`)
      await withCheckpoint(original(name), (checkpoint) =>
        saveCheckpoint(path, checkpoint, { maxShardBytes }),
      )
      const files = await readdir(path)
      expect(files.includes('model.safetensors.index.json')).toBe(maxShardBytes === 3000)
      await withCheckpoint(path, async (saved) => {
        expect(digests(await readAll(saved))).toEqual(models[name])
        await withCheckpoint(original(name), ({ config, generationConfig }) => {
          expect([saved.config, saved.generationConfig]).toEqual([config, generationConfig])
        })
      })
    }
  })
})

describe('loadCheckpoint', () => {
  it('opens a GGUF by its path or its directory, and a model of llama2.c with the tokeniser beside it', async () => {
    const directory = await mkdtemp(join(folder, 'gguf-'))
    await cp(goldenPath('gguf/llama.gguf'), join(directory, 'model.gguf'))
    for (const path of [directory, join(directory, 'model.gguf')]) {
      await withCheckpoint(path, ({ format, tokenizer, config }) => {
        expect([format, config.family, tokenizer?.vocabSize]).toEqual(['gguf', 'llama', 32])
      })
    }
    await cp(goldenPath('gguf/llama.gguf'), join(directory, 'other.gguf'))
    await expect(loadCheckpoint(directory)).rejects.toMatchObject({
      code: 'NOT_A_CHECKPOINT',
      message: expect.stringContaining('several GGUF files: model.gguf, other.gguf'),
    })
    await withCheckpoint(goldenPath('stories260K.bin'), ({ format, tokenizer }) => {
      expect([format, tokenizer?.encode('Once upon a time')]).toEqual(['llama2.c', [1, 403, 407, 261, 378]])
    })
    const bare = await loadCheckpoint(goldenPath('stories260K.bin'), { tokenizer: false })
    expect(bare.tokenizer).toBeUndefined()
    await bare.close()
    const named = await loadCheckpoint(goldenPath('stories260K.bin'), { tokenizer: goldenPath('tok512.bin') })
    expect(named.tokenizer?.vocabSize).toBe(512)
    await named.close()
    await expect(
      loadCheckpoint(goldenPath('gguf/llama.gguf'), { tokenizer: goldenPath('tok512.bin') }),
    ).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/^tokenizer: expected true or false, .*llama2\.c.*tok512\.bin/),
    })
    const missing = join(folder, 'tok.bin')
    await expect(loadCheckpoint(goldenPath('stories260K.bin'), { tokenizer: missing })).rejects.toMatchObject(
      { code: 'READ_FAILED', message: expect.stringContaining(missing) },
    )
  })

  it('says what is no model', async () => {
    const text = join(folder, 'notes.txt')
    await writeFile(text, 'To whom it may concern: '.repeat(20))
    const weights = join(folder, 'weights.safetensors')
    await writeFile(weights, serializeSafetensors({}))
    const empty = await mkdtemp(join(folder, 'empty-'))
    for (const [path, code, problem] of [
      [
        text,
        'NOT_A_CHECKPOINT',
        'expected a directory with a config.json, a GGUF file or a checkpoint of llama2.c',
      ],
      [weights, 'NOT_A_CHECKPOINT', 'weights alone are no model'],
      [empty, 'NOT_A_CHECKPOINT', 'it has no config.json'],
      [join(folder, 'absent'), 'MISSING_FILE', 'no such file or directory'],
    ] as const) {
      await expect(loadCheckpoint(path)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(new RegExp(`^${path}: .*${problem}`)),
      })
    }
    await expect(loadCheckpoint('owner/name')).rejects.toMatchObject({
      message: 'owner/name: no such file or directory; a model of the hub is opened by loadFromHub',
    })
    const misspelt: object = { tokeniser: false }
    await expect(loadCheckpoint(text, misspelt)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })

  const shard = 'model-00002-of-00003.safetensors'
  it.each<[string, (path: string) => Promise<void>, string, RegExp]>([
    [
      'a missing shard',
      (path) => rm(join(path, shard)),
      'MISSING_FILE',
      /model-00002-of-00003.safetensors: no such file, which .*index.json names/,
    ],
    [
      'a truncated shard',
      (path) => truncate(join(path, shard), 3000),
      'INVALID_FILE',
      /model-00002-of-00003.safetensors: its tensors take \d+ bytes, but \d+ follow the header/,
    ],
    [
      'a shard without a header',
      (path) => truncate(join(path, shard), 5),
      'INVALID_FILE',
      /00002-of-00003.safetensors: expected at least 8 bytes/,
    ],
    [
      'an index that is no JSON',
      (path) => writeFile(join(path, 'model.safetensors.index.json'), '{'),
      'INVALID_FILE',
      /index.json: expected JSON/,
    ],
    [
      'an index without a map',
      (path) => writeFile(join(path, 'model.safetensors.index.json'), '{}'),
      'INVALID_FILE',
      /index.json: weight_map: expected the files of tensors, got undefined/,
    ],
    [
      'an index that leads out of the directory',
      (path) =>
        writeFile(join(path, 'model.safetensors.index.json'), '{"weight_map":{"x":"../y.safetensors"}}'),
      'INVALID_FILE',
      /weight_map: "x": expected the name of a safetensors file, got "..\/y.safetensors"/,
    ],
    [
      'an index that names what a shard has not',
      (path) => writeFile(join(path, 'model.safetensors.index.json'), `{"weight_map":{"x":"${shard}"}}`),
      'MISSING_TENSOR',
      /model-00002-of-00003.safetensors: x: no tensor of this name, which .*index.json says it has/,
    ],
    [
      'an index that leaves tensors out',
      (path) => writeFile(join(path, 'model.safetensors.index.json'), '{"weight_map":{}}'),
      'MISSING_TENSOR',
      /model.embed_tokens.weight: no tensor of this name, which the configuration expects in shape \[32, 16\]/,
    ],
    [
      'no weights',
      (path) => rm(join(path, 'model.safetensors.index.json')),
      'MISSING_FILE',
      /expected model.safetensors or model.safetensors.index.json beside config.json/,
    ],
    [
      'another width',
      (path) => editConfig(path, { intermediate_size: 25 }),
      'TENSOR_MISMATCH',
      /safetensors: model.layers.\d.mlp.\w+_proj.weight: the configuration expects shape \[.*25.*\], got \[.*24.*\]/,
    ],
    [
      'fewer layers',
      (path) => editConfig(path, { num_hidden_layers: 1 }),
      'TENSOR_MISMATCH',
      /model.layers.1.*: the configuration has no place for it/,
    ],
    [
      'another family',
      (path) => editConfig(path, { model_type: 'llama' }),
      'TENSOR_MISMATCH',
      /[qk]_norm.weight: the configuration has no place for it/,
    ],
    [
      'an unknown architecture',
      (path) => editConfig(path, { model_type: 'mamba' }),
      'UNKNOWN_ARCHITECTURE',
      /config.json: model_type: expected one of llama, mistral, qwen2, qwen3, gpt2, got "mamba"/,
    ],
    [
      'a config.json that is none',
      (path) => writeFile(join(path, 'config.json'), 'null'),
      'INVALID_CONFIG',
      /config.json: expected an object, got null/,
    ],
    [
      'a tokenizer.json that is none',
      (path) => writeFile(join(path, 'tokenizer.json'), '{"model":{"type":"BPE"}}'),
      'INVALID_TOKENIZER',
      /tokenizer.json: /,
    ],
  ])('%s has a name', async (_, spoil, code, message) => {
    const path = await copyOf('qwen3')
    await spoil(path)
    await expect(loadCheckpoint(path)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('refuses a tokeniser with more tokens than the model, but not for tokens that were added', async () => {
    const path = join(folder, 'stories-small')
    await withCheckpoint(goldenPath('stories260K.bin'), (checkpoint) => saveCheckpoint(path, checkpoint))
    const file = join(path, 'tokenizer.json')
    const json = JSON.parse(await readFile(file, 'utf8'))
    const pad = { id: 512, content: '<pad>', special: true }
    const added_tokens = [...json.added_tokens, { ...json.added_tokens[0], ...pad }]
    await writeFile(file, JSON.stringify({ ...json, added_tokens }))
    await withCheckpoint(path, ({ tokenizer }) => {
      expect(tokenizer?.encode('Once upon a time')).toEqual([1, 403, 407, 261, 378])
    })
    const vocab = { ...json.model.vocab, 'one▁too▁many': 512 }
    await writeFile(file, JSON.stringify({ ...json, model: { ...json.model, vocab } }))
    await expect(loadCheckpoint(path)).rejects.toMatchObject({
      code: 'INVALID_TOKENIZER',
      message: expect.stringMatching(/tokenizer\.json: it has 513 tokens, the model has 512: /),
    })
  })

  it('takes a body saved alone, and passes over old buffers and copies of tied weights', async () => {
    const path = await copyOf('gpt2')
    const tensors = await withCheckpoint(path, readAll)
    const bare = Object.entries(tensors).map(
      ([name, each]) => [name.replace('transformer.', ''), each] as const,
    )
    const extra = {
      'h.0.attn.bias': tensor([1], { dtype: 'bool' }),
      'lm_head.weight': zeros([32, 16]),
      'score.weight': zeros([1, 16]),
    }
    await writeFile(
      join(path, 'model.safetensors'),
      serializeSafetensors({ ...Object.fromEntries(bare), ...extra }),
    )
    const { 'score.weight': score, ...rest } = digests(await withCheckpoint(path, readAll))
    expect(rest).toEqual(models.gpt2)
    expect(score?.shape).toEqual([1, 16])
    const integers = { ...tensors, 'transformer.ln_f.bias': zeros([16], 'i32') }
    await writeFile(join(path, 'model.safetensors'), serializeSafetensors(integers))
    await expect(loadCheckpoint(path)).rejects.toMatchObject({
      code: 'UNSUPPORTED_DTYPE',
      message: expect.stringContaining(
        'transformer.ln_f.bias: expected weights in one of F32, F16, BF16, got I32',
      ),
    })
  })

  it('has no tensor by another name, and none after it was closed', async () => {
    const checkpoint = await loadCheckpoint(original('llama'))
    await expect(checkpoint.tensors.read('x')).rejects.toMatchObject({ code: 'MISSING_TENSOR' })
    expect(() => checkpoint.tensors.info('x')).toThrow(expect.objectContaining({ code: 'MISSING_TENSOR' }))
    await checkpoint.close()
    await expect(checkpoint.tensors.read('model.norm.weight')).rejects.toMatchObject({ code: 'READ_FAILED' })
  })
})

async function editConfig(path: string, fields: object): Promise<void> {
  const file = join(path, 'config.json')
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...fields }))
}

describe('saveCheckpoint', () => {
  it('writes the tokeniser of another format, and copies the files of its own', async () => {
    const path = join(folder, 'stories')
    const text = 'Once upon a time 🎉'
    const ids = await withCheckpoint(goldenPath('stories260K.bin'), async (checkpoint) => {
      await saveCheckpoint(path, checkpoint)
      return checkpoint.tokenizer!.encode(text)
    })
    const config = JSON.parse(await readFile(join(path, 'tokenizer_config.json'), 'utf8'))
    await writeFile(join(path, 'tokenizer_config.json'), JSON.stringify({ ...config, note: 'kept' }))
    await writeFile(join(path, 'chat_template.jinja'), '{{ messages[0].content }}{{ eos_token }}')
    const copy = join(folder, 'stories-copy')
    await withCheckpoint(path, (checkpoint) => saveCheckpoint(copy, checkpoint))
    await withCheckpoint(copy, ({ tokenizer, chatTemplate }) => {
      expect(tokenizer?.encode(text)).toEqual(ids)
      expect(chatTemplate?.render([{ role: 'user', content: 'a' }])).toBe('a</s>')
      expect(tokenizer?.files.config).toMatchObject({ note: 'kept' })
    })
  })

  it('may replace the directory that it reads from', async () => {
    const path = await copyOf('qwen3')
    await withCheckpoint(path, (checkpoint) => saveCheckpoint(path, checkpoint))
    expect(await readdir(path)).toEqual(['config.json', 'generation_config.json', 'model.safetensors'])
    expect(digests(await withCheckpoint(path, readAll))).toEqual(models.qwen3)
  })

  it('reads templates where tokenizer_config.json has several', async () => {
    const path = join(folder, 'templates')
    await withCheckpoint(goldenPath('stories260K.bin'), (checkpoint) => saveCheckpoint(path, checkpoint))
    const file = join(path, 'tokenizer_config.json')
    const config = JSON.parse(await readFile(file, 'utf8'))
    const named = [
      { name: 'tools', template: 't' },
      { name: 'default', template: 'd' },
    ]
    await writeFile(file, JSON.stringify({ ...config, chat_template: named }))
    await withCheckpoint(path, ({ chatTemplate }) => expect(chatTemplate?.source).toBe('d'))
  })

  it('checks what it is given, and leaves what was there', async () => {
    const path = join(folder, 'kept')
    await mkdir(path)
    await writeFile(join(path, 'old'), '')
    const config = parseModelConfig(
      JSON.parse(await readFile(join(original('llama'), 'config.json'), 'utf8')),
    )
    const tensors = Object.fromEntries(
      Object.entries(parameterShapes(config)).map(([name, shape]) => [name, zeros([...shape])]),
    )
    const { 'model.norm.weight': norm, ...rest } = tensors
    for (const [given, code] of [
      [rest, 'MISSING_TENSOR'],
      [{ ...rest, 'model.norm.weight': zeros([17]) }, 'TENSOR_MISMATCH'],
      [{ ...rest, 'model.norm.weight': zeros([16], 'i32') }, 'INVALID_OPTION'],
    ] as const) {
      await expect(saveCheckpoint(path, { config, tensors: given })).rejects.toMatchObject({ code })
    }
    const failing = {
      names: Object.keys(tensors),
      info: (name: string) => ({ shape: tensors[name]!.dims, type: 'F32', file: '', storedAs: name }),
      read: () => Promise.reject(new Error('the disk is gone')),
    }
    await expect(saveCheckpoint(path, { config, tensors: failing })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: `${path}: could not be written: the disk is gone`,
    })
    await expect(saveCheckpoint(path, { config, tensors }, { maxShardBytes: 0 })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
    expect(await readdir(path)).toEqual(['old'])
    await saveCheckpoint(path, { config, tensors: { ...rest, 'model.norm.weight': norm! } })
    expect(await readdir(path)).toEqual(['config.json', 'model.safetensors'])
  })
})

describe('memory', () => {
  it('holding all weights takes at most 1.3 times their f32 bytes', async () => {
    const path = await mkdtemp(join(folder, 'large-'))
    const json = {
      model_type: 'llama',
      vocab_size: 24_000,
      hidden_size: 1024,
      intermediate_size: 4096,
      num_hidden_layers: 2,
      num_attention_heads: 8,
      max_position_embeddings: 64,
      tie_word_embeddings: true,
    }
    await writeFile(join(path, 'config.json'), JSON.stringify(json))
    writeHalves(join(path, 'model.safetensors'), parameterShapes(parseModelConfig(json)))
    const onSources = new URL('../../../../tools/on-sources.mjs', import.meta.url).href
    const program = fileURLToPath(new URL('testing/hold-all-tensors.ts', import.meta.url))
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', onSources, program, path], {
      encoding: 'utf8',
    })
    expect(stderr).not.toContain('Error')
    const { weights, growth } = JSON.parse(stdout) as { weights: number; growth: number }
    expect(weights).toBeGreaterThan(2e8)
    expect(growth).toBeGreaterThan(0.9 * weights)
    expect(growth).toBeLessThan(1.3 * weights)
  })
})

/** A file of BF16 tensors, half as large as they are in memory. */
function writeHalves(path: string, shapes: Readonly<Record<string, readonly number[]>>): void {
  let place = 0
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const begin = place
    place += shape.reduce((product, size) => product * size, 2)
    return [name, { dtype: 'BF16', shape, data_offsets: [begin, place] }]
  })
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  const file = openSync(path, 'w')
  writeSync(file, new Uint8Array(new BigUint64Array([BigInt(header.byteLength)]).buffer))
  writeSync(file, header)
  const piece = new Uint8Array(2 ** 20).fill(0x3c)
  for (let left = place; left > 0; left -= piece.length) writeSync(file, piece.subarray(0, left))
  closeSync(file)
}
