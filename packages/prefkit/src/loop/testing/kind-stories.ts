import type { Tokenizer } from '@prefkit/lm'
import type { PreferencePair } from '../prompts/preference-pair'
import type { LoopPrompt } from '../prompts/prompt'

const names = ['Tom', 'Lily', 'Ben', 'Sue', 'Max', 'Mia']
const animals = ['dog', 'cat', 'bird', 'fish']
const kind = ['happy', 'kind', 'nice', 'good']
const unkind = ['sad', 'mean', 'bad', 'angry']

/**
 * Pairs of which the one with the kinder word is preferred: those to learn from, and others with sentences that are in
 * none of them.
 */
export function kindStories(tokenizer: Tokenizer): {
  readonly pairs: readonly PreferencePair[]
  readonly heldOut: readonly PreferencePair[]
} {
  const encode = (text: string) => Array.from(tokenizer.encode(text, { addSpecialTokens: false }))
  const all = names.flatMap((name, n) =>
    animals.map((animal, a): PreferencePair => {
      const text = `${name} had a ${animal}.`
      const prompt: LoopPrompt = { id: text, text, tokens: Array.from(tokenizer.encode(text)) }
      const say = (word: string) => {
        const own = `The ${animal} was ${word}.`
        return { text: own, tokens: encode(own) }
      }
      const [good, bad] = [kind[(n + a) % 4]!, unkind[(n + 2 * a) % 4]!]
      return { prompt, chosen: say(good), rejected: say(bad) }
    }),
  )
  // Of two names no pair is learnt from.
  const own = 2 * animals.length
  return { pairs: all.slice(own), heldOut: all.slice(0, own) }
}
