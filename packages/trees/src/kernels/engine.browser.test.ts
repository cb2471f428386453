import { expect, inject, it } from 'vitest'
import { createEngine } from './engine'

it.runIf(!inject('isolated'))('refuses several threads where memory cannot be shared', async () => {
  await expect(createEngine(2)).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('threads is 2; several need a page that is cross-origin isolated'),
  })
})
