import { playwright } from '@vitest/browser-playwright'
import { configDefaults, defineConfig } from 'vitest/config'
import { findChromium } from '../../tools/src/browser/chromium.ts'
import { launchOptionsOf } from '../../tools/src/browser/launch-chromium.ts'
import onSources from '../../vitest.config.ts'

const found = await findChromium()
if (typeof found === 'string') throw new Error(`no Chromium to test in: ${found}`)
const launchOptions = launchOptionsOf(found)

// Threads need shared memory, which a page has only when it is isolated from other origins.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Of Node, and of pages as well. */
const testsWithThreads = ['src/kernels/engine.test.ts', 'src/learner/learner.test.ts']

/** The tests in a page that is isolated, or is not. */
const inPage = (isolated: boolean) => ({
  ...onSources,
  server: isolated ? { headers: isolation } : {},
  test: {
    name: isolated ? 'isolated' : 'not isolated',
    include: ['src/**/*.browser.test.ts', ...(isolated ? testsWithThreads : [])],
    exclude: configDefaults.exclude,
    globalSetup: ['src/testing/train-in-node.ts'],
    provide: { isolated },
    testTimeout: 0,
    hookTimeout: 0,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
})

/** The same tests in both kinds of pages. */
export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: '.check/vitest-browser.json' }]],
    projects: [inPage(true), inPage(false)],
  },
})
