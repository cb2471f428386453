import { expect, test, vi } from 'vitest'
import { hasMadeId, noteMadeId } from './made-ids'

test('a made-up id is known to every copy of the package', async () => {
  const comparison = noteMadeId({ id: 'rows:1' })
  vi.resetModules()
  const other = await import('./made-ids')
  expect(other.hasMadeId).not.toBe(hasMadeId)
  expect(other.hasMadeId(comparison)).toBe(true)
  expect(hasMadeId(other.noteMadeId(comparison))).toBe(true)
})

test('the note is no data, and does not go over to copies', () => {
  const comparison = noteMadeId({ id: 'rows:1' })
  expect(comparison).toStrictEqual({ id: 'rows:1' })
  expect(Reflect.ownKeys({ ...comparison })).toEqual(['id'])
  expect([{ ...comparison, id: 'mine' }, structuredClone(comparison)].map(hasMadeId)).toEqual([false, false])
})
