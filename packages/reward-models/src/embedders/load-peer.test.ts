import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { loadPeer } from './load-peer'

describe('loadPeer', () => {
  it('says what to install when a package is missing', async () => {
    const name = 'prefkit-package-that-is-not-there'
    const missing = async () => createRequire(import.meta.url)(name)
    await expect(loadPeer('someEmbedder', [name, 'other'], missing)).rejects.toMatchObject({
      code: 'EMBEDDER_MISSING',
      message: `someEmbedder: needs packages that are not installed; run: npm install ${name} other`,
    })
  })

  it('passes on why a package does not load, and what it gives when it does', async () => {
    const broken = () => Promise.reject(new Error('wrong architecture'))
    await expect(loadPeer('x', ['p'], broken)).rejects.toThrow(
      'x: could not load its packages: wrong architecture; to install them anew, run: npm install p',
    )
    expect(await loadPeer('x', ['p'], async () => 3)).toBe(3)
  })
})
