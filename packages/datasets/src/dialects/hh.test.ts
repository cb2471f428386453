import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hh } from './hh'
import { hhContinuation } from './hh-continuation'
import { parseTranscript, renderTranscript } from './hh-transcript'

const context = { fallbackId: 'f:1' }
const fixture = (name: string): Record<string, unknown>[] =>
  readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('whole transcripts and split ones say the same', () => {
  const whole = fixture('hh.jsonl').map((row) => hh.parse(row, context).comparisons![0]!)
  const split = fixture('hh-continuation.jsonl').map(
    (row) => hhContinuation.parse(row, context).comparisons![0]!,
  )
  const texts = ({ prompt, chosen, rejected }: (typeof whole)[number]) => ({ prompt, chosen, rejected })
  expect(whole.map(texts)).toEqual(split.map(texts))
  expect(whole).toHaveLength(4)
  expect(whole[0]!.prompt).toHaveLength(3)
  expect(whole[0]!.chosen).toMatch(/^A horseshoe is usually made/)
})

test('transcripts that part in a human turn leave several turns to each response', () => {
  const start = '\n\nHuman: a\n\nAssistant: b'
  const row = {
    chosen: `${start}\n\nHuman: c\n\nAssistant: d`,
    rejected: `${start}\n\nHuman: e\n\nAssistant: f`,
  }
  expect(hh.parse(row, context).comparisons![0]).toMatchObject({
    prompt: [{ role: 'user', content: 'a' }],
    chosen: [{ content: 'b' }, { content: 'c' }, { content: 'd' }],
    rejected: [{ content: 'b' }, { content: 'e' }, { content: 'f' }],
  })
})

test('an identical pair keeps its responses, an empty one is empty', () => {
  const same = '\n\nHuman: a\n\nAssistant: b'
  expect(hh.parse({ chosen: same, rejected: same }, context).comparisons![0]).toMatchObject({
    chosen: 'b',
    rejected: 'b',
  })
  const row = { chosen: '\n\nHuman: a\n\nAssistant:', rejected: same }
  expect(hh.parse(row, context).comparisons![0]).toMatchObject({ chosen: '', rejected: 'b' })
})

test('transcripts without a shared Assistant turn, and no transcripts, are refused by field', () => {
  const row = { chosen: '\n\nHuman: a\n\nAssistant: b', rejected: '\n\nHuman: x\n\nAssistant: b' }
  expect(() => hh.parse(row, context)).toThrowError(/field "rejected": shares no/)
  const prompt = 'Question\n\nAssistant:'
  expect(() => hhContinuation.parse({ prompt, chosen: 'b', rejected: 'c' }, context)).toThrowError(
    /field "prompt": expected a transcript that opens/,
  )
})

test('a transcript keeps all white space but the one space after a colon', () => {
  const transcript = '\n\nHuman:  two spaces \n\n\nAssistant: '
  const messages = parseTranscript(transcript)!
  expect(messages).toEqual([
    { role: 'user', content: ' two spaces \n' },
    { role: 'assistant', content: '' },
  ])
  expect(renderTranscript(messages)).toBe(transcript)
  expect(parseTranscript('text\n\nHuman: a')).toBeUndefined()
  expect(renderTranscript([{ role: 'system', content: 'x' }])).toBeUndefined()
  expect(renderTranscript([{ role: 'user', content: 'x\n\nAssistant: y' }])).toBeUndefined()
})
