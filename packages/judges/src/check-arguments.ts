import { formatValue } from './check-options'
import { JudgeError } from './judge-error'

/** What the arguments of judges are, by the methods that tell them. */
const kinds = {
  model: { methods: ['complete'], expected: 'a chat model, such as openaiChatModel gives' },
  provider: {
    methods: ['nextToken'],
    expected: 'what tells probabilities of the next token, such as probeLogprobs gives',
  },
  format: { methods: ['render', 'parse'], expected: 'a format, such as pairwiseReasoningFormat gives' },
  judge: { methods: ['compare'], expected: 'a judge, such as generativeJudge gives' },
  cache: { methods: ['get', 'set'], expected: 'a cache, such as diskCache gives' },
} as const

type Kind = keyof typeof kinds

const hasMethods = (value: unknown, methods: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  methods.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function')

/** Throws `INVALID_OPTION` unless `value` has all these methods. */
export function checkMethods(
  parameter: string,
  value: unknown,
  methods: readonly string[],
  expected: string,
): void {
  if (hasMethods(value, methods)) return
  const message = `${parameter} is ${describe(value)}; expected ${expected}`
  throw new JudgeError('INVALID_OPTION', parameter, message)
}

/** An argument that stands in another's place is called what it is. */
function describe(value: unknown): string {
  const kind = (Object.keys(kinds) as Kind[]).find((name) => hasMethods(value, kinds[name].methods))
  return kind === undefined ? formatValue(value) : `a ${kind}`
}

/** Throws `INVALID_OPTION` for arguments that are not of the kind of their name, such as two that were exchanged. */
export function checkArguments(given: { readonly [K in Kind]?: unknown }): void {
  for (const [name, value] of Object.entries(given))
    checkMethods(name, value, kinds[name as Kind].methods, kinds[name as Kind].expected)
}

/** Throws `INVALID_INPUT` for an item that is no object, or lacks one of these texts. */
export function checkItem(parameter: string, item: unknown, texts: readonly string[]): void {
  const given = item as Readonly<Record<string, unknown>> | null
  if (typeof given !== 'object' || given === null)
    throw invalidItem(parameter, given, `an object with prompt, ${texts.join(', ')}`)
  for (const name of texts)
    if (typeof given[name] !== 'string') throw invalidItem(`${parameter}.${name}`, given[name], 'a text')
}

/** Throws `INVALID_INPUT` for what is no list of texts. */
export function checkTexts(parameter: string, texts: unknown): void {
  if (!Array.isArray(texts)) throw invalidItem(parameter, texts, 'a list of texts')
  const index = texts.findIndex((text) => typeof text !== 'string')
  if (index !== -1) throw invalidItem(`${parameter}[${index}]`, texts[index], 'a text')
}

/** Throws `INVALID_INPUT` for what is no pair of responses. */
export const checkPair = (pair: unknown): void => checkItem('pair', pair, ['a', 'b'])

/** Throws `INVALID_INPUT` for what is no list. */
export function checkList(parameter: string, value: unknown): void {
  if (!Array.isArray(value)) throw invalidItem(parameter, value, 'a list')
}

function invalidItem(parameter: string, value: unknown, expected: string): JudgeError {
  const message = `${parameter} is ${formatValue(value)}; expected ${expected}`
  return new JudgeError('INVALID_INPUT', parameter, message)
}
