/** What is left of a judge's text once its reasoning is taken away. */
export interface FinalText {
  readonly text: string
  /** True when the text ends inside its reasoning, so that the answer was never reached. */
  readonly unfinished: boolean
}

const words = '(?:think|thinking|thought|thoughts|reasoning)'
const opening = new RegExp(String.raw`\s*(?:<${words}>|\[think\]|◁think▷)`, 'iy')
const closing = new RegExp(String.raw`<\/${words}>|\[\/think\]|◁\/think▷`, 'gi')
/** A closing tag that ends its line, and is not quoted. */
const lone = new RegExp(String.raw`(?<!["'“\x60])(?:${closing.source})[ \t]*(?:\n|$)`, 'gi')
const finalChannel = /<\|channel\|>final[^<]{0,40}<\|message\|>/g
const anyChannel = /<\|channel\|>(?:analysis|commentary)/

/**
 * The part of a text that answers: what follows `<think>…</think>` and its like at the beginning. A closing tag at the end
 * of a line ends reasoning that the chat template began; tags elsewhere are talked about. `<|channel|>final` begins the
 * answer of models that have channels.
 */
export function finalText(text: string): FinalText {
  const channel = [...text.matchAll(finalChannel)].at(-1)
  if (channel !== undefined) return { text: text.slice(channel.index + channel[0].length), unfinished: false }
  if (anyChannel.test(text)) return { text: '', unfinished: true }
  let from = 0
  for (;;) {
    opening.lastIndex = from
    if (!opening.test(text)) break
    closing.lastIndex = opening.lastIndex
    if (!closing.test(text)) return { text: '', unfinished: true }
    from = closing.lastIndex
  }
  const rest = text.slice(from)
  const end = [...rest.matchAll(lone)].at(-1)
  return { text: end === undefined ? rest : rest.slice(end.index + end[0].length), unfinished: false }
}
