import { defineConfig } from 'vitest/config'
import onSources from '../../vitest.config.ts'

/** The test runs in Node and drives Chromium; the page that it opens is the one that `vite build` made. */
export default defineConfig({
  test: {
    ...onSources.test,
    include: ['*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.check/vitest-browser.json' }]],
  },
})
