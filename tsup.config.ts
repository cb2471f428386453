import { existsSync } from 'node:fs'
import { defineConfig } from 'tsup'

/** One build for every package: ESM, declarations, an entry for each public subpath. */
export default defineConfig({
  entry: ['src/index.ts', 'src/native/index.ts', 'src/cli/index.ts'].filter((file) => existsSync(file)),
  format: 'esm',
  target: 'node22',
  // The published declarations name the other packages; they do not inline their sources.
  dts: { compilerOptions: { paths: {}, noEmit: false } },
  clean: true,
})
