import { cpSync, readFileSync } from 'node:fs'
import { defineConfig } from 'tsup'

/** What a manifest publishes: its exports, and the commands in `bin`. */
interface Manifest {
  name: string
  exports: Record<string, string | { import: string }>
  bin?: Record<string, string>
}

/** `./dist/native/index.js` is built from `src/native/index.ts`. */
function sourcesOf({ exports, bin = {} }: Manifest): string[] {
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.import]))
  return [...entries, ...Object.values(bin)].map((file) =>
    file.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts'),
  )
}

/** Files that a package publishes though others have them: they are in the repository once. */
const borrowed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  prefkit: {
    'stories260k/stories260K.bin': '../lm/src/goldens/stories260K.bin',
    'stories260k/tok512.bin': '../lm/src/goldens/tok512.bin',
    'stories260k/LICENSE': 'data/stories260k/LICENSE',
  },
}

const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))

/**
 * One build for every package: ESM, declarations, an entry for each public subpath.
 * PREFKIT_BUILD=js leaves the declarations out: the demo starts sooner and needs no compiler.
 */
export default defineConfig({
  entry: sourcesOf(manifest),
  format: 'esm',
  target: 'node22',
  // The published declarations name the other packages; they do not inline their sources.
  dts: process.env.PREFKIT_BUILD === 'js' ? false : { compilerOptions: { paths: {}, noEmit: false } },
  clean: true,
  async onSuccess() {
    for (const [name, from] of Object.entries(borrowed[manifest.name] ?? {})) cpSync(from, `dist/${name}`)
  },
})
