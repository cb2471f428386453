import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { findChromium } from './chromium.ts'
import { launchChromium } from './launch-chromium.ts'

afterEach(() => void vi.unstubAllEnvs())

/** What a page of a site of this machine says; only there is WebGPU offered. */
async function inPage<T>(question: () => Promise<T>): Promise<T> {
  const server = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end('<!doctype html>'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    return await page.evaluate(question)
  } finally {
    await browser.close()
    server.close()
  }
}

interface Page {
  navigator: { gpu?: { requestAdapter(): Promise<{ info: { architecture: string } } | null> } }
  OffscreenCanvas: new (width: number, height: number) => { getContext(kind: string): object | null }
}

test.runIf(typeof (await findChromium()) === 'object')(
  'a page has WebGPU and WebGL2 on SwiftShader',
  async () => {
    const found = await inPage(async () => {
      const { navigator, OffscreenCanvas } = globalThis as unknown as Page
      const adapter = await navigator.gpu?.requestAdapter()
      return [adapter?.info.architecture, new OffscreenCanvas(1, 1).getContext('webgl2') !== null]
    })
    expect(found).toEqual(['swiftshader', true])
  },
)

test('what CHROMIUM_PATH names is taken, or refused by name', async () => {
  vi.stubEnv('CHROMIUM_PATH', process.execPath)
  expect(await findChromium()).toMatchObject({ executablePath: process.execPath, env: {} })
  vi.stubEnv('CHROMIUM_PATH', '/no/such/browser')
  await expect(findChromium()).rejects.toThrow('CHROMIUM_PATH: expected a Chromium, and /no/such/browser')
})
