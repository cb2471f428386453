/** What is left of a judge's text once its reasoning is taken away. */
export interface FinalText {
  readonly text: string
  /** True when the text ends inside its reasoning, so that the answer was never reached. */
  readonly unfinished: boolean
}

const words = '(?:think|thinking|thought|thoughts|reasoning)'
const opening = new RegExp(String.raw`\s*(?:<${words}>|\[think\]|◁think▷)`, 'iy')
const closing = new RegExp(String.raw`<\/${words}>|\[\/think\]|◁\/think▷`, 'gi')
const either = new RegExp(
  String.raw`(?<!["'“\x60])(?:(?<begins><${words}>|\[think\]|◁think▷)|(?:${closing.source})(?<lone>[ \t]*(?:\n|$))?)`,
  'gi',
)
const TAIL = 60
/** The token that ends a turn, where a server leaves it in the text. */
const stopToken =
  /\s{0,3}(?:<\/s>|<eos>|<end_of_turn>|<\|(?:im_end|eot_id|end|endoftext|end_of_text)\|>)\s{0,3}$/
const finalChannel = /<\|channel\|>final[^<]{0,40}<\|message\|>/g
const anyChannel = /<\|channel\|>(?:analysis|commentary)/

/**
 * `text` without blocks of reasoning in it: an ellipsis stands for each, for what is before one is said all the same. A
 * closing tag that ends its line and was never opened ends what the chat template began: nothing before it is said.
 */
function withoutBlocks(text: string): string {
  const kept: string[] = []
  let from = 0
  let openedAt: number | undefined
  for (const match of text.matchAll(either)) {
    const end = match.index + match[0].length
    if (match.groups!.begins !== undefined) {
      openedAt ??= match.index
    } else if (openedAt !== undefined) {
      kept.push(text.slice(from, openedAt))
      from = end
      openedAt = undefined
    } else if (match.groups!.lone !== undefined) {
      kept.length = 0
      from = end
    }
  }
  return [...kept, text.slice(from)].join('\n…\n')
}

/**
 * The part of a text that answers: what follows `<think>…</think>` and its like at the beginning. A closing tag at the end
 * of a line ends reasoning that the chat template began; blocks elsewhere are taken out, and what is before them stays. `<|channel|>final` begins the
 * answer of models that have channels.
 */
export function finalText(whole: string): FinalText {
  const text = whole.slice(0, -TAIL) + whole.slice(-TAIL).replace(stopToken, '')
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
  return { text: withoutBlocks(text.slice(from)), unfinished: false }
}
