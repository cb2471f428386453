import type { PairItem } from '../../packages/rubrics/dist/index.js'

/** Pairs with responses of some 60 words, one after another, so that nothing of them stays in memory. */
export function* makePairs(count: number): Generator<PairItem & { id: string }> {
  for (let i = 0; i < count; i++) {
    const text = (word: string) =>
      Array.from({ length: 60 }, (_, at) => `${word}${(i * 31 + at * 7) % 997}`).join(' ')
    yield { id: `pair-${i}`, prompt: `Question ${i}: which of them is it?`, a: text('this'), b: text('that') }
  }
}
