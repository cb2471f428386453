import { playwright } from '@vitest/browser-playwright'
import { configDefaults, defineConfig } from 'vitest/config'
import { findChromium } from '../../tools/src/browser/chromium.ts'
import { launchOptionsOf } from '../../tools/src/browser/launch-chromium.ts'
import onSources from '../../vitest.config.ts'

const chromium = await findChromium()
if (typeof chromium === 'string') throw new Error(`no Chromium to test in: ${chromium}`)

/** The tests of every backend, in a page, on the backends that need one. */
export default defineConfig({
  ...onSources,
  // Threads need shared memory, which a page has only when it is isolated from other origins.
  server: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  test: {
    ...onSources.test,
    include: [
      'src/conformance/{conformance,hazards,pytorch-goldens,random-graphs}.test.ts',
      'src/**/*.browser.test.ts',
    ],
    exclude: configDefaults.exclude,
    reporters: ['default', ['json', { outputFile: '.check/vitest-browser.json' }]],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: launchOptionsOf(chromium) }),
      instances: [{ browser: 'chromium' }],
    },
  },
})
