import { formatValue } from '../check-options'
import { JudgeError } from '../judge-error'

/** Gives items one after another until there are none, or it is stopped. */
export interface ItemSource<Item> {
  /** The next item; undefined at the end. One call at a time. */
  readonly next: () => Promise<Item | undefined>
  /** Lets a `next` that waits for an item return nothing, and lets go of the items. */
  readonly stop: () => void
}

/** Throws JudgeError `INVALID_INPUT` for what cannot be iterated over. */
export function checkItems(items: unknown): void {
  const given = items as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined
  const isObject = typeof items === 'object' || typeof items === 'function'
  const iterate = isObject ? (given?.[Symbol.asyncIterator] ?? given?.[Symbol.iterator]) : undefined
  if (typeof iterate === 'function') return
  const message = `items is ${formatValue(items)}; expected an array, or a stream that can be iterated over`
  throw new JudgeError('INVALID_INPUT', 'items', message)
}

/** @param items arrays, streams, generators: whatever can be iterated over, now or as it comes. */
export function sourceOf<Item>(items: Iterable<Item> | AsyncIterable<Item>): ItemSource<Item> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let isStopped = false
  let leave = () => {}
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (isStopped) return resolve(undefined)
        leave = () => resolve(undefined)
        Promise.resolve(iterator.next()).then(({ done, value }) => {
          if (done) isStopped = true
          resolve(done ? undefined : value)
        }, reject)
      }),
    stop: () => {
      if (isStopped) return
      isStopped = true
      leave()
      // A generator that waits for its own source answers only after that: nobody waits for it.
      Promise.resolve(iterator.return?.()).catch(() => {})
    },
  }
}
