import { loadLanguageModel } from '@prefkit/lm/files'
import { describe, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import type { ServerAnswer } from './server-answer'
import { serverTokens } from './server-tokens'

const tokenizer = (await loadLanguageModel(storiesPath)).tokenizer!

/** What a server that tells everything says of these tokens. */
function answerOf(ids: readonly number[], more: Partial<ServerAnswer> = {}): ServerAnswer {
  const text = tokenizer.decode(ids, { skipSpecialTokens: true })
  const logProbs = ids.map(() => -1)
  return { text, finishReason: 'length', processed: false, logProbs, ids, count: ids.length, ...more }
}

const ids = tokenizer.encode('Tom had a dog. He was happy.', { addSpecialTokens: false })
const eos = tokenizer.specialTokens.eos!.id
const read = (answer: ServerAnswer, stop = false) => serverTokens('here', answer, { tokenizer, stop })

/** As servers write tokens that they do not number. */
const pieces = ids.map((id) => tokenizer.idToToken(id)!.replaceAll('▁', ' '))

const withoutIds = (more: Partial<ServerAnswer>): ServerAnswer => {
  const { ids: _, ...rest } = answerOf(ids, more)
  return rest
}

describe('serverTokens', () => {
  it('takes ids as they are told', () => {
    expect(read(answerOf(ids))).toEqual({ tokens: ids, isCut: false })
    expect(serverTokens('here', answerOf([1]), { tokenizer: undefined, stop: false }).tokens).toEqual([1])
  })

  it('finds ids by texts, with the empty one of the end', () => {
    expect(read(withoutIds({ pieces })).tokens).toEqual(ids)
    const line = { pieces: ['\n'], text: '\n', logProbs: [-1], count: 1 }
    expect(read(withoutIds(line)).tokens).toEqual([tokenizer.tokenToId('<0x0A>')])
    const ended = { pieces: [...pieces, ''], logProbs: [...ids, 0], count: ids.length + 1 }
    expect(read(withoutIds({ ...ended, finishReason: 'stop' })).tokens).toEqual([...ids, eos])
  })

  it('refuses texts that are not of one token, or where nobody knows the tokens', () => {
    expect(() => read(withoutIds({ pieces: ['Tom had', ...pieces.slice(1)] }))).toThrow(
      'token 0, "Tom had", is not the text of exactly one token of the policy\'s tokeniser: expected ids',
    )
    const none = { tokenizer: undefined, stop: false }
    expect(() => serverTokens('here', withoutIds({ pieces }), none)).toThrow('or a tokenizer to find them by')
    expect(() => serverTokens('here', withoutIds({}), none)).toThrow('or a server that tells them')
  })

  it('refuses another tokeniser', () => {
    expect(() => read(answerOf(ids, { text: 'Something else' }))).toThrow('is not that of its tokens')
    const strange = { ids: [100_000], logProbs: [-1], count: 1 }
    expect(() => read(answerOf(ids, strange))).toThrow("token 100000 is none of the policy's tokeniser")
  })

  it('refuses counts that differ', () => {
    expect(() => read(answerOf(ids, { logProbs: [-1] }))).toThrow(
      'tokens have 1 log-probabilities; expected as many',
    )
    const more = answerOf(ids, { count: ids.length + 1 })
    expect(() => read({ ...more, finishReason: 'stop' })).toThrow('expected the token that ends it too')
    expect(() => serverTokens('here', more, { tokenizer: undefined, stop: false })).toThrow(
      'or a tokenizer to see',
    )
  })

  it('takes a response without the tokens of a stop string, or of a character that is not complete', () => {
    const fewer = answerOf(ids, { count: ids.length + 1 })
    expect(read({ ...fewer, finishReason: 'stop' }, true)).toEqual({ tokens: ids, isCut: false })
    expect(read(fewer)).toEqual({ tokens: ids, isCut: false })
  })

  it('cuts a response where tokens are missing within it', () => {
    const smiling = tokenizer.encode('Tom was 😀 happy', { addSpecialTokens: false })
    const text = tokenizer.decode(smiling)
    const bytes = smiling.filter((id) => /^<0x/.test(tokenizer.idToToken(id)!))
    expect(bytes).toHaveLength(4)
    // Of the four bytes of the character, only the one that completes it is told.
    const told = smiling.filter((id) => !bytes.slice(0, 3).includes(id))
    const before = smiling.indexOf(bytes[0]!)
    const answer = answerOf(told, { text, count: smiling.length, finishReason: 'stop' })
    expect(read(answer)).toEqual({ tokens: smiling.slice(0, before), isCut: true })
  })
})
