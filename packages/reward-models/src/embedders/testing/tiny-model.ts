import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Words the tiny model knows, by token. */
export const tinyVocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'red', 'green', 'blue', 'dark', '##er']

/** The vector of a token: unlike any other, so that sums tell which tokens are in them. */
export const tinyVector = (token: number): number[] => [token, token * token, 1, Math.sqrt(token)]

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
/** A field of a protocol buffer: a number, or bytes, text and messages after their length. */
const field = (tag: number, value: number | string | Uint8Array | number[]): number[] => {
  if (typeof value === 'number') return [...varint(tag << 3), ...varint(value)]
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return [...varint((tag << 3) | 2), ...varint(bytes.length), ...bytes]
}

const dimension = (size: number | string) =>
  field(1, typeof size === 'number' ? field(1, size) : field(2, size))
const floats = 1
const longs = 7
const valueInfo = (name: string, type: number, sizes: (number | string)[]) => [
  ...field(1, name),
  ...field(2, field(1, [...field(1, type), ...field(2, sizes.flatMap(dimension))])),
]

/** An ONNX graph that looks the vectors of tokens up: `last_hidden_state = Gather(table, input_ids)`. */
function tinyGraph(): Uint8Array {
  const values = Float32Array.from(tinyVocabulary.flatMap((_, token) => tinyVector(token)))
  const table = [
    ...field(1, tinyVocabulary.length),
    ...field(1, 4),
    ...field(2, floats),
    ...field(8, 'table'),
    ...field(9, new Uint8Array(values.buffer)),
  ]
  const gather = [
    ...field(1, 'table'),
    ...field(1, 'input_ids'),
    ...field(2, 'last_hidden_state'),
    ...field(4, 'Gather'),
  ]
  const graph = [
    ...field(1, gather),
    ...field(2, 'tiny'),
    ...field(5, table),
    ...field(11, valueInfo('input_ids', longs, ['batch', 'tokens'])),
    ...field(12, valueInfo('last_hidden_state', floats, ['batch', 'tokens', 4])),
  ]
  return Uint8Array.from([
    ...field(1, 8),
    ...field(7, graph),
    ...field(8, [...field(1, ''), ...field(2, 13)]),
  ])
}

const special = (name: string, type: number) => ({ SpecialToken: { id: name, type_id: type } })
const tokenId = (name: string) => ({ id: name, ids: [tinyVocabulary.indexOf(name)], tokens: [name] })

const tokenizer = {
  version: '1.0',
  added_tokens: tinyVocabulary.slice(0, 4).map((content, id) => ({ id, content, special: true })),
  normalizer: { type: 'BertNormalizer', lowercase: true, clean_text: true, handle_chinese_chars: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [special('[CLS]', 0), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]', 0)],
    pair: [],
    special_tokens: { '[CLS]': tokenId('[CLS]'), '[SEP]': tokenId('[SEP]') },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(tinyVocabulary.map((word, token) => [word, token])),
  },
}
const tokenizerConfig = {
  tokenizer_class: 'BertTokenizer',
  model_max_length: 8,
  pad_token: '[PAD]',
  unk_token: '[UNK]',
  cls_token: '[CLS]',
  sep_token: '[SEP]',
}

/** Writes a folder that is a model of `@huggingface/transformers`: BERT's tokenizer, and one table for a network. */
export async function writeTinyModel(folder: string): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true })
  const save = (name: string, content: object) => writeFile(join(folder, name), JSON.stringify(content))
  await save('config.json', { model_type: 'bert', architectures: ['BertModel'], hidden_size: 4 })
  await save('tokenizer.json', tokenizer)
  await save('tokenizer_config.json', tokenizerConfig)
  await writeFile(join(folder, 'onnx', 'model.onnx'), tinyGraph())
}
