import type { Tokenizer } from '@prefkit/lm'
import { refuseAnswer, type ServerAnswer } from './server-answer'

/** What is asked of the policy's tokeniser. */
export type ServerTokenizer = Pick<
  Tokenizer,
  'vocabSize' | 'decode' | 'decodeStream' | 'idToToken' | 'tokenToId' | 'specialTokens'
>

/** Tokens by the text that they stand for; undefined where several stand for one. */
type Pieces = ReadonlyMap<string, number | undefined>

/** The character of a token that is a byte of ASCII; undefined for other tokens, and nothing for a part of a character. */
function characterOf(token: string): string | undefined {
  const [, byte] = /^<0x([0-9a-f]{2})>$/i.exec(token) ?? []
  if (byte === undefined) return undefined
  const code = Number.parseInt(byte, 16)
  return code < 0x80 ? String.fromCharCode(code) : ''
}

function piecesOf(tokenizer: ServerTokenizer): Pieces {
  const pieces = new Map<string, number | undefined>()
  const bytes = new Map<string, number>()
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    const token = tokenizer.idToToken(id)
    if (token === undefined) continue
    const character = characterOf(token)
    if (character !== undefined) {
      bytes.set(character, id)
      continue
    }
    // Decoded by itself, a token of SentencePiece loses the space that it begins with.
    const text = token.includes('▁') ? token.replaceAll('▁', ' ') : tokenizer.decode([id])
    pieces.set(text, pieces.has(text) ? undefined : id)
  }
  // A byte stands for what no other token does, such as a line break.
  for (const [character, id] of bytes) if (!pieces.has(character)) pieces.set(character, id)
  pieces.delete('')
  return pieces
}

/** All tokens' texts, gathered once, when a server first writes tokens as texts. */
const piecesByTokenizer = new WeakMap<ServerTokenizer, Pieces>()

function piecesFor(tokenizer: ServerTokenizer): Pieces {
  const known = piecesByTokenizer.get(tokenizer) ?? piecesOf(tokenizer)
  piecesByTokenizer.set(tokenizer, known)
  return known
}

/**
 * The tokens that texts stand for. Text says which tokens were drawn only where each of its pieces is the text of one token,
 * and of no other.
 */
function tokensOfPieces(server: string, answer: ServerAnswer, tokenizer: ServerTokenizer): number[] {
  const pieces = answer.pieces!
  const known = piecesFor(tokenizer)
  const { eos } = tokenizer.specialTokens
  return pieces.map((piece, i) => {
    // Some write nothing for the token that ends a text.
    const isEnd = piece === '' && i === pieces.length - 1 && answer.finishReason === 'stop'
    const named = () => tokenizer.tokenToId(piece) ?? (isEnd ? eos?.id : undefined)
    const id = known.has(piece) ? known.get(piece) : named()
    if (id !== undefined) return id
    const problem = `token ${i}, ${JSON.stringify(piece)}, is not the text of exactly one token of the policy's tokeniser`
    return refuseAnswer(server, `${problem}: expected ids (vLLM's return_token_ids, SGLang's /generate)`)
  })
}

const withoutSpace = (text: string): string => text.replace(/\s+/g, '')

/** The tokeniser of the server is the policy's: its text is that of the tokens, or begins with it where a stop string ended it. */
function requireText(server: string, text: string, ids: readonly number[], tokenizer: ServerTokenizer): void {
  const stranger = ids.find((id) => tokenizer.idToToken(id) === undefined)
  if (stranger !== undefined) {
    refuseAnswer(server, `token ${stranger} is none of the policy's tokeniser; expected the same model there`)
  }
  const [own, told] = [tokenizer.decode(ids, { skipSpecialTokens: true }), text].map(withoutSpace)
  // Parts of a character have no text of their own, and each program has its way with them.
  if (own!.startsWith(told!) || own!.includes('\uFFFD') || told!.includes('\uFFFD')) return
  const shown = [text, tokenizer.decode(ids)].map((each) => JSON.stringify(each.slice(0, 80)))
  refuseAnswer(
    server,
    `its text ${shown[0]} is not that of its tokens, ${shown[1]}; expected the policy's tokeniser there`,
  )
}

/** How many tokens from the first on have the text that they should: those before the first that is missing. */
function tokensBeforeGap(text: string, ids: readonly number[], tokenizer: ServerTokenizer): number {
  const stream = tokenizer.decodeStream({ skipSpecialTokens: true })
  const whole = withoutSpace(text)
  let [own, known] = ['', 0]
  for (const [i, id] of ids.entries()) {
    const added = stream.push(id)
    own += withoutSpace(added)
    if (!whole.startsWith(own)) return known
    // Nothing comes of a part of a character until there are more.
    if (added !== '') known = i + 1
  }
  return stream.end() === '' ? ids.length : known
}

/** A response as far as its tokens are known. */
export interface KnownTokens {
  readonly tokens: readonly number[]
  /** Whether there were more, which the server does not tell: the response is then one that was cut off there. */
  readonly isCut: boolean
}

/**
 * The tokens of a response that have log-probabilities. llama.cpp tells nothing of tokens that are only a part of a character, so
 * that a response with such is known as far as the first of them.
 * @throws PrefkitError `BAD_ROLLOUT` where tokens are not known for certain.
 */
export function serverTokens(
  server: string,
  answer: ServerAnswer,
  { tokenizer, stop }: { readonly tokenizer: ServerTokenizer | undefined; readonly stop: boolean },
): KnownTokens {
  const { ids: told, pieces, logProbs, count, text, finishReason } = answer
  if (!told && !(tokenizer && pieces)) {
    const remedy = pieces ? 'a tokenizer to find them by' : 'a server that tells them'
    refuseAnswer(server, `no ids of tokens are told; expected ids, or ${remedy}`)
  }
  const ids = told ?? tokensOfPieces(server, answer, tokenizer!)
  if (ids.length !== logProbs.length) {
    refuseAnswer(server, `${ids.length} tokens have ${logProbs.length} log-probabilities; expected as many`)
  }
  const isWhole = count === undefined || count === ids.length
  if (!isWhole && !(tokenizer && count > ids.length)) {
    const expected = tokenizer
      ? 'expected as many'
      : 'expected as many, or a tokenizer to see which are missing'
    refuseAnswer(server, `${count} tokens were counted, and ${ids.length} told; ${expected}`)
  }
  const known = isWhole ? ids.length : tokensBeforeGap(text, ids, tokenizer!)
  if (!isWhole && known === ids.length && finishReason === 'stop' && !stop) {
    const expected = 'expected the token that ends it too, which is to be learnt as well'
    refuseAnswer(server, `${count} tokens were counted, and ${ids.length} told; ${expected}`)
  }
  const tokens = ids.slice(0, known)
  if (tokenizer && known === ids.length) requireText(server, text, tokens, tokenizer)
  return { tokens, isCut: known < ids.length }
}
