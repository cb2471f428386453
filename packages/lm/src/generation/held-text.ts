/** Text that comes in pieces, up to a stop string. */
export interface HeldText {
  /** What can be given out now, and whether a stop string has come: nothing after it is given. */
  push(piece: string): { readonly text: string; readonly stopped: boolean }
  /** What was held back as the possible beginning of a stop string that did not come. */
  end(): string
}

/** Length of the longest end of `text` that a stop string may begin with. */
function openEnd(text: string, stop: readonly string[]): number {
  const longest = Math.max(0, ...stop.map(({ length }) => length - 1))
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(-length)
    if (stop.some((each) => each.length > length && each.startsWith(end))) return length
  }
  return 0
}

/** Text up to the first of some strings, none empty; what may be the beginning of one is held back. */
export function heldText(stop: readonly string[]): HeldText {
  let held = ''
  return {
    push(piece) {
      const all = held + piece
      const found = stop.map((each) => all.indexOf(each)).filter((at) => at >= 0)
      if (found.length > 0) {
        held = ''
        return { text: all.slice(0, Math.min(...found)), stopped: true }
      }
      const length = all.length - openEnd(all, stop)
      held = all.slice(length)
      return { text: all.slice(0, length), stopped: false }
    },
    end() {
      const text = held
      held = ''
      return text
    },
  }
}
