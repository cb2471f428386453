import { expect, test } from 'vitest'
import { type ProgressEvent, watchEmbedding } from './progress'

test('what a server is asked again for is told beside how far embedding is', () => {
  const events: ProgressEvent[] = []
  const { onProgress, onRetry } = watchEmbedding({ onProgress: (event) => events.push(event) })
  const retry = { attempt: 2, attempts: 6, reason: 'answered 503: busy', delaySeconds: 1.25 }
  const note = 'attempt 2 of 6: answered 503: busy; again in 1.3 s'
  onRetry?.(retry)
  onProgress?.(32, 64)
  onRetry?.(retry)
  expect(events).toEqual([
    { phase: 'embed', done: 0, note, isUrgent: true },
    { phase: 'embed', done: 32, total: 64 },
    { phase: 'embed', done: 32, total: 64, note, isUrgent: true },
  ])
})
