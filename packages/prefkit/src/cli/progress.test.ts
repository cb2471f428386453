import { afterEach, expect, test, vi } from 'vitest'
import { readProgress } from '../reward/read-progress'
import { showProgress } from './progress'

afterEach(() => vi.restoreAllMocks())

/** What standard error gets where it is no terminal; the clock stands until it is set, in seconds. */
function watch() {
  let text = ''
  let seconds = 0
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds)
  vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
    text += piece
    return true
  })
  const at = (time: number) => {
    seconds = time
  }
  return { at, lines: () => text.split('\n') }
}

test('without a terminal: a line at once, one every few seconds, and the last one once; rates in whole numbers', () => {
  const { at, lines } = watch()
  const { onProgress, stop } = showProgress()
  onProgress({ phase: 'score', done: 0 })
  at(1)
  onProgress({ phase: 'score', done: 100_000 })
  at(6)
  onProgress({ phase: 'score', done: 732_345 })
  at(6.5)
  onProgress({ phase: 'score', done: 732_400 })
  stop()
  stop()
  const after = lines()
  expect(after).toEqual([
    'scoring   0 rows',
    'scoring   732345 rows | 122,000 rows/s',
    'scoring   732400 rows | 113,000 rows/s',
    '',
  ])
})

test('without a terminal: a retry is a line at once, since minutes may pass until the next event', () => {
  const { at, lines } = watch()
  const { onProgress } = showProgress()
  onProgress({ phase: 'embed', done: 0, total: 9 })
  at(0.1)
  onProgress({ phase: 'embed', done: 0, total: 9, note: 'attempt 1 of 6', isUrgent: true })
  expect(lines()).toEqual(['embedding 0/9 texts', 'embedding 0/9 texts | attempt 1 of 6', ''])
})

test('a phase of one step is one line; the next begins another', () => {
  const { lines } = watch()
  const { onProgress, stop } = showProgress()
  onProgress({ phase: 'embed', done: 3, total: 3 })
  onProgress({ phase: 'train', done: 1, total: 2, note: 'loss 0.5' })
  stop()
  expect(lines()).toEqual(['embedding 3/3 texts', 'training  1/2 epochs | loss 0.5', ''])
})

test('reading tells its files before the first row, and ends its phase', async () => {
  const events: object[] = []
  const onProgress = (event: object) => events.push(event)
  async function* rows() {
    expect(events).toEqual([{ phase: 'read', done: 0, note: 'a.jsonl and 1 more' }])
    yield* [1, 2]
  }
  for await (const _ of readProgress(rows(), ['a.jsonl', 'b.jsonl'], { onProgress }));
  expect(events.at(-1)).toEqual({ phase: 'read', done: 2, total: 2, note: 'a.jsonl and 1 more' })
})
