// Run in a package's folder: every public export, and every field of an options type, has a docstring.
import { join } from 'node:path'
import { entrySources, readManifest } from '../workspace/packages.ts'
import { docsCoverage } from './docs-coverage.ts'

const directory = process.cwd()
for (const [subpath, source] of Object.entries(entrySources(readManifest(directory)))) {
  const { total, missing } = docsCoverage(join(directory, source), join(directory, 'tsconfig.json'))
  console.log(`${subpath}: ${total - missing.length} of ${total} documented`)
  for (const name of missing) console.log(`  no docstring: ${name}`)
  if (missing.length > 0) process.exitCode = 1
}
