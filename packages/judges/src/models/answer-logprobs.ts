import { JudgeError } from '../judge-error'
import { logSumExp } from '../log-sum-exp'
import type { NextTokenAnswer, NextTokenRequest } from '../logprob-provider'
import { tokenKey, tokenTexts, type WireToken } from './token-text'

/** A token that may come next, and the natural logarithm of its probability. */
export interface TokenLogprob extends WireToken {
  readonly logprob: number
}

/** The tokens of one position as servers list them. */
export interface TopTokens {
  /** The likeliest tokens; at least one. */
  readonly top: readonly TokenLogprob[]
  /** The token that was drawn, which may be none of these. */
  readonly sampled?: TokenLogprob
}

type Answers = NextTokenRequest['answers']
type Numbers = Readonly<Record<string, number>>

/** Throws `INVALID_INPUT` for answers without spellings, and for a spelling of two answers. */
export function checkAnswers(answers: Answers): void {
  const owners = new Map<string, string>()
  const refuse = (message: string) => {
    throw new JudgeError('INVALID_INPUT', 'answers', message)
  }
  if (Object.keys(answers).length === 0) refuse('answers is empty; expected spellings by answer')
  for (const [answer, spellings] of Object.entries(answers)) {
    if (spellings.length === 0) refuse(`answers.${answer} is empty; expected one spelling or more`)
    for (const spelling of spellings) {
      if (spelling === '') refuse(`answers.${answer} has an empty spelling; expected the text of a token`)
      const owner = owners.get(spelling) ?? answer
      if (owner !== answer) refuse(`${JSON.stringify(spelling)} is a spelling of both ${owner} and ${answer}`)
      owners.set(spelling, answer)
    }
  }
}

/** Each token once, the likeliest first. Servers list the sampled token beside the likeliest, of which it may be one. */
export function distinctTokens(tokens: readonly TokenLogprob[]): TokenLogprob[] {
  const seen = new Map<string, TokenLogprob>()
  for (const token of tokens) {
    const key = tokenKey(token)
    const before = seen.get(key)
    if (!before || before.logprob < token.logprob) seen.set(key, token)
  }
  return [...seen.values()].sort((a, b) => b.logprob - a.logprob)
}

const mapAnswers = (
  answers: Answers,
  value: (spellings: readonly string[], answer: string) => number,
): Numbers =>
  Object.fromEntries(Object.entries(answers).map(([answer, spellings]) => [answer, value(spellings, answer)]))

/** Which answer a token means, and by which spelling; the first where its forms could be several. */
function meaning(token: WireToken, owners: ReadonlyMap<string, string>): string | undefined {
  return [...tokenTexts(token)].find((text) => owners.has(text))
}

const ownersOf = (answers: Answers) =>
  new Map(
    Object.entries(answers).flatMap(([answer, spellings]) =>
      spellings.map((each) => [each, answer] as const),
    ),
  )

/**
 * Probabilities of answers from a list of tokens: each token counts once, for the answer that has its text as a spelling.
 *
 * Of a list of the likeliest tokens, what was not seen is bounded: each missing spelling is at most as likely as the least
 * likely token of the list, and all together at most as likely as what the list leaves.
 *
 * @param isWhole - Whether `top` has every token of the vocabulary.
 */
export function answersFromTokens(
  answers: Answers,
  { top, sampled }: TopTokens,
  isWhole: boolean,
): Pick<NextTokenAnswer, 'provenance' | 'logprobs' | 'unseen'> {
  const owners = ownersOf(answers)
  const distinct = distinctTokens(sampled ? [...top, sampled] : top)
  const found = distinct.map((token) => ({ ...token, spelling: meaning(token, owners) }))
  const logprobs = mapAnswers(answers, (_, answer) => {
    const own = found.filter(({ spelling }) => spelling !== undefined && owners.get(spelling) === answer)
    return logSumExp(own.map(({ logprob }) => logprob))
  })
  if (isWhole) return { provenance: 'exact', logprobs, unseen: mapAnswers(answers, () => 0) }
  const seen = new Set(found.map(({ spelling }) => spelling))
  // Not the sampled one: what is not listed may well be likelier than that.
  const least = Math.exp(top.reduce((low, { logprob }) => Math.min(low, logprob), 0))
  const left = Math.max(0, 1 - Math.exp(logSumExp(distinct.map(({ logprob }) => logprob))))
  const missing = (spellings: readonly string[]) =>
    new Set(spellings.filter((spelling) => !seen.has(spelling))).size
  const unseen = mapAnswers(answers, (spellings) => Math.min(left, missing(spellings) * least))
  return { provenance: 'top-k', logprobs, unseen }
}
