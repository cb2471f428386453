import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const skipped = new Set(['node_modules', 'dist', '.turbo', '.check', '.venv'])

/** Every .ts and .mjs file under a folder, absolute, sorted; nothing when the folder is absent. */
export function sourceFiles(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sourceFiles(path)
      return /\.(ts|mjs)$/.test(entry.name) ? [path] : []
    })
    .sort()
}
