import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runTogether, type Task } from './run-together'

/** Waits until it is aborted, and then takes a while to end. */
const patient =
  (ended: string[], name: string): Task<string> =>
  ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', async () => {
        await setImmediate()
        ended.push(name)
        reject(signal.reason)
      })
    })

test('results are in the order of the tasks, whichever ends first', async () => {
  const slow = async () => {
    await setImmediate()
    return 'slow'
  }
  expect(await runTogether([slow, async () => 'fast'])).toEqual(['slow', 'fast'])
  expect(await runTogether([])).toEqual([])
})

test('the first failure aborts the others, and is told of when they have ended', async () => {
  const ended: string[] = []
  const failing = async () => {
    await setImmediate()
    throw new Error('down')
  }
  const run = runTogether([patient(ended, 'one'), failing, patient(ended, 'two')])
  await expect(run).rejects.toThrow('down')
  expect(ended).toEqual(['one', 'two'])
})

test('the caller’s signal reaches all tasks, also where it was aborted before', async () => {
  const controller = new AbortController()
  const ended: string[] = []
  const run = runTogether([patient(ended, 'one'), patient(ended, 'two')], controller)
  controller.abort(new Error('enough'))
  await expect(run).rejects.toThrow('enough')
  expect(ended).toEqual(['one', 'two'])
  const heard = await runTogether([async ({ signal }) => signal.aborted], controller)
  expect(heard).toEqual([true])
})

test('a signal that outlives many calls keeps nothing of them', async () => {
  const { signal } = new AbortController()
  const listeners = { now: 0 }
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners.now += 1
    add(...given)
  }
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners.now -= 1
    remove(...given)
  }
  for (let i = 0; i < 3; i++) await runTogether([async () => i], { signal })
  expect(listeners.now).toBe(0)
})
