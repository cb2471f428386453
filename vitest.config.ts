import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url))

/** Tests run on the sources of every workspace package, so nothing has to be built first. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@prefkit\/([^/]+)\/([^/]+)$/, replacement: source('$1/src/$2/index.ts') },
      { find: /^@prefkit\/([^/]+)$/, replacement: source('$1/src/index.ts') },
      { find: /^prefkit$/, replacement: source('prefkit/src/index.ts') },
    ],
  },
  test: {
    include: ['src/**/*.test.ts'],
    // These need a page: see vitest.browser.config.ts.
    exclude: [...configDefaults.exclude, '**/*.browser.test.ts'],
    // The count of every package's tests is read from this file by tools/src/check.ts.
    reporters: ['default', ['json', { outputFile: '.check/vitest.json' }]],
    testTimeout: 0,
    hookTimeout: 0,
  },
})
