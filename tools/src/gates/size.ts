// Run in a package's folder: every entry of its `size-limit` field, minified and compressed, within its limit.
import { join } from 'node:path'
import esbuildPlugin from '@size-limit/esbuild'
import filePlugin from '@size-limit/file'
import sizeLimit from 'size-limit'
import { readManifest } from '../workspace/packages.ts'
import { parseSize } from './parse-size.ts'

// Its published type covers only the form that takes a list of files.
const measure = sizeLimit as unknown as (plugins: object[], config: object) => Promise<{ size?: number }[]>

const directory = process.cwd()
const manifest = readManifest(directory)
const { dependencies, peerDependencies, optionalDependencies } = manifest
// The budget is for the package's own code: what it depends on is installed, and counted, elsewhere.
const external = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })
const budgets = manifest['size-limit'] ?? []
if (budgets.length === 0) throw new Error(`${manifest.name}: package.json has no size-limit`)

for (const { path, limit } of budgets) {
  const file = join(directory, path)
  const check = {
    files: [file],
    modifyEsbuildConfig: (config: object) => ({
      ...config,
      platform: 'node',
      format: 'esm',
      external: external.flatMap((name) => [name, `${name}/*`]),
    }),
  }
  const [result] = await measure([...esbuildPlugin, ...filePlugin], { checks: [check] })
  const size = result?.size ?? Number.NaN
  const fits = size <= parseSize(limit)
  console.log(`${manifest.name} ${path}: ${(size / 1000).toFixed(1)} kB of ${limit} (compressed, own code)`)
  if (!fits) process.exitCode = 1
}
