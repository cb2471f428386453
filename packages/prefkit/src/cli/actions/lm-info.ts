import { contextLength, LmError } from '@prefkit/lm'
import { type ModelInfo, modelInfo } from '../../lm/model-info'
import { counted } from '../format-table'
import { printJson, printText } from '../print'

/** Options of `prefkit lm info`. */
export interface LmInfoOptions {
  readonly template: boolean
  readonly json: boolean
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes in the unit that suits, such as `538 MB`. */
function bytesText(bytes: number): string {
  const place = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${Number((bytes / 1000 ** place).toPrecision(3))} ${units[place]}`
}

const number = (value: number): string => value.toLocaleString('en')

/** Heads of queries, and of keys and values where those are fewer. */
function headsText(config: ModelInfo['config']): string {
  const heads = counted(config.numAttentionHeads, 'head')
  const shared = config.family === 'gpt2' ? config.numAttentionHeads : config.numKeyValueHeads
  return shared === config.numAttentionHeads ? heads : `${heads} (${shared} of keys and values)`
}

function describeTokenizer({ tokenizer }: ModelInfo): string {
  if (!tokenizer) return 'none'
  const { eos } = tokenizer.specialTokens as { eos?: { token: string } }
  return `${counted(tokenizer.vocabSize, 'token')}${eos ? `, ends with ${eos.token}` : ''}`
}

function describeInfo(info: ModelInfo): string {
  const { config, parameters, weightBytes, cacheBytesPerToken, storedAs, format, chatTemplate } = info
  const stored = Object.entries(storedAs).map(([type, count]) => `${count} ${type}`)
  return [
    `${config.family}: ${counted(config.numHiddenLayers, 'layer')}, ${number(config.hiddenSize)} wide, ${headsText(config)}`,
    `parameters:    ${number(parameters)}, ${bytesText(weightBytes)} as f32`,
    `stored as:     ${format}: ${counted(
      Object.values(storedAs).reduce((sum, count) => sum + count, 0),
      'tensor',
    )} (${stored.join(', ')})`,
    `context:       ${counted(contextLength(config), 'token')}, each with ${bytesText(cacheBytesPerToken)} of keys and values`,
    `tokeniser:     ${describeTokenizer(info)}`,
    `chat template: ${chatTemplate === null ? 'none' : counted(chatTemplate.length, 'character')}`,
  ].join('\n')
}

/** Runs `prefkit lm info`. */
export async function lmInfoAction(model: string, { template, json }: LmInfoOptions): Promise<void> {
  const info = await modelInfo(model)
  if (template && info.chatTemplate === null) {
    throw new LmError('NO_CHAT_TEMPLATE', `${model}: it has no chat template`)
  }
  if (template) printText(info.chatTemplate!)
  else if (json) printJson(info)
  else printText(describeInfo(info))
}
