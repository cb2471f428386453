import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url))

/** Tests run on the sources of every workspace package, so nothing has to be built first. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@prefkit\/([^/]+)\/([^/]+)$/, replacement: source('$1/src/$2/index.ts') },
      { find: /^@prefkit\/([^/]+)$/, replacement: source('$1/src/index.ts') },
    ],
  },
  test: { include: ['src/**/*.test.ts'] },
})
