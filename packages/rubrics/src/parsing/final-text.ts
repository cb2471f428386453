/** What is left of a judge's text once its reasoning is taken away. */
export interface FinalText {
  readonly text: string
  /** True when the text ends inside its reasoning, so that the answer was never reached. */
  readonly unfinished: boolean
}

const reasoningTag = /(?:<|\[|◁)(\/?)(?:think|thinking|thought|thoughts|reasoning)(?:>|\]|▷)/gi
const finalChannel = /<\|channel\|>final[^<]{0,40}<\|message\|>/g
const anyChannel = /<\|channel\|>(?:analysis|commentary)/

/**
 * The part of a text that answers: what stands outside `<think>…</think>` and its like. A closing tag without an opening
 * one ends reasoning that the chat template began; `<|channel|>final` begins the answer of models that have channels.
 */
export function finalText(text: string): FinalText {
  const channel = [...text.matchAll(finalChannel)].at(-1)
  if (channel !== undefined) return { text: text.slice(channel.index + channel[0].length), unfinished: false }
  if (anyChannel.test(text)) return { text: '', unfinished: true }
  const kept: string[] = []
  let from = 0
  let inside = false
  for (const tag of text.matchAll(reasoningTag)) {
    const closing = tag[1] === '/'
    if (closing && !inside) kept.length = 0
    if (!closing && !inside) kept.push(text.slice(from, tag.index))
    inside = !closing
    from = tag.index + tag[0].length
  }
  if (!inside) kept.push(text.slice(from))
  return { text: kept.join('\n'), unfinished: inside }
}
