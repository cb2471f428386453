import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type PreviewServer, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../../tools/src/browser/launch-chromium.ts'

const root = fileURLToPath(new URL('.', import.meta.url))
const build = { outDir: '.check/page' }
const address = ({ resolvedUrls }: PreviewServer): string => resolvedUrls!.local[0]!
const onFreePort = { host: '127.0.0.1', port: 0 }

let browser: Awaited<ReturnType<typeof launchChromium>>
let isolated: PreviewServer
/** Without the headers of vite.config.ts, as most servers of static files are. */
let bare: PreviewServer

beforeAll(async () => {
  browser = await launchChromium()
  isolated = await preview({ root, build, preview: onFreePort })
  bare = await preview({ root, build, preview: onFreePort, configFile: false })
})

afterAll(async () => {
  await browser.close()
  await Promise.all([isolated.close(), bare.close()])
})

interface Settings {
  readonly server?: PreviewServer
  readonly width?: number
  /** Run in the page before its own scripts. */
  readonly before?: () => void
}

/** The page, with what a user of it sees by its labels, and the faults that it reports. */
async function open({ server = isolated, width = 900, before }: Settings = {}) {
  const page = await browser.newPage({ viewport: { width, height: 900 } })
  page.setDefaultTimeout(0)
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  page.on('console', (line) => line.type() === 'error' && faults.push(line.text()))
  page.on('request', (request) => {
    const local = ['data:', 'blob:', address(server)].some((start) => request.url().startsWith(start))
    if (!local) faults.push(`asks for ${request.url()}`)
  })
  if (before) await page.addInitScript(before)
  await page.goto(address(server))
  const button = (name: string) => page.getByRole('button', { name })
  const textOf = async (id: string) => (await page.locator(`#${id}`).textContent()) ?? ''
  return {
    page,
    faults,
    button,
    textOf,
    numberOf: async (id: string) => Number.parseFloat(await textOf(id)),
    run: (mode: string) => page.getByLabel('Run on').selectOption(mode),
    text: (name: string) => page.getByLabel(name),
    status: page.getByRole('status'),
    async until(id: string, pattern: RegExp) {
      await page.locator(`#${id}`).filter({ hasText: pattern }).waitFor()
      return textOf(id)
    },
  }
}

const aDecimal = /^-?\d+\.\d+$/

test('the bundle is minified', () => {
  const folder = new URL('.check/page/assets/', import.meta.url)
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'))
  const code = scripts.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n')
  expect(code.length / code.split('\n').length).toBeGreaterThan(200)
  expect(code).not.toContain('compileRewardModel')
})

describe.each(['webgpu', 'webgl2', 'webasm'])('on %s', (mode) => {
  test('the page learns to prefer the better argument', async () => {
    const { page, faults, button, textOf, numberOf, run, text, until } = await open()
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    await run(mode)
    expect(await until('device', new RegExp(`gpu.js, ${mode}`))).not.toContain('Not available')
    await button('Train').click()
    const first = Number(await until('loss', aDecimal))
    await until('status', /Trained|failed/)
    expect(await textOf('status')).toBe('Trained.')
    expect(await numberOf('step')).toBe(280)
    expect(await numberOf('loss')).toBeLessThan(first / 2)
    expect(await numberOf('held-out-loss')).toBeLessThan(0.6)
    // Of the 70 pairs a coin gets so many right less than once in 100 times.
    expect(await numberOf('held-out-accuracy')).toBeGreaterThan(65)
    expect(await page.locator('#curve path').count()).toBeGreaterThan(2)

    expect(await numberOf('reward-a')).toBeGreaterThan(await numberOf('reward-b'))
    const [better, worse] = [await text('Text A').inputValue(), await text('Text B').inputValue()]
    await text('Text A').fill(worse)
    await text('Text B').fill(better)
    expect(await until('verdict', /Text B convinces more/)).toMatch(/9\d ?%/)
    expect(faults).toEqual([])
    await page.close()
  })
})

test('without isolation from other origins WebAssembly trains all the same', async () => {
  const { page, faults, button, run, numberOf, until } = await open({ server: bare })
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  await run('webasm')
  await button('Train').click()
  await until('status', /Trained|failed/)
  expect(await numberOf('held-out-accuracy')).toBeGreaterThan(65)
  expect(faults).toEqual([])
  await page.close()
})

test('training can be stopped, scores what it has learned, and starts again on another mode', async () => {
  const { page, faults, button, run, textOf, numberOf, text, until } = await open()
  // The slowest of them on a CPU: there is time to stop it.
  await run('webgl2')
  await button('Train').click()
  await until('reward-a', aDecimal)
  await button('Stop').click()
  await until('status', /Stopped/)
  expect(await numberOf('step')).toBeLessThan(280)
  const before = await textOf('reward-a')
  await text('Text A').fill('no')
  await page.locator('#reward-a').filter({ hasNotText: before }).waitFor()
  expect(await textOf('reward-a')).toMatch(aDecimal)
  await run('webasm')
  await button('Train').click()
  await until('status', /Trained/)
  expect(await numberOf('step')).toBe(280)
  expect(faults).toEqual([])
  await page.close()
})

test('what is not there is told, and what is there can still be chosen', async () => {
  const { page, button, run, until } = await open({
    before: () => Object.defineProperty(navigator, 'gpu', { value: undefined }),
  })
  await run('webgpu')
  expect(await until('device', /Not available here/)).toContain('there is no WebGPU here')
  expect(await button('Train').isDisabled()).toBe(true)
  await run('webasm')
  await until('device', /webasm/)
  expect(await button('Train').isEnabled()).toBe(true)
  await page.close()
})

test('a phone shows all of it without scrolling sideways', async () => {
  const { page, button, run, until } = await open({ width: 360 })
  await run('webasm')
  await button('Train').click()
  await until('status', /Trained/)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  await page.close()
})
