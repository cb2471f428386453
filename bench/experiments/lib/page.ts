import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Claim, ClaimReport } from './context.ts'

const begin = (name: string): string => `<!-- filled by the command: ${name} -->`
const end = '<!-- end -->'

/** A page with what is between its marks replaced; places that it does not have come at its end. */
function filled(page: string, places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((text, [name, content]) => {
    const own = `${begin(name)}\n\n${content}\n\n${end}`
    const from = text.indexOf(begin(name))
    if (from < 0) return `${text.trimEnd()}\n\n${own}\n`
    const to = text.indexOf(end, from) + end.length
    return `${text.slice(0, from)}${own}${text.slice(to)}`
  }, page)
}

/** Writes what was found into a page: its prose stays, its tables and figures are made anew. */
export async function writePage(
  folder: string,
  { name, title, about }: Pick<Claim, 'name' | 'title' | 'about'>,
  { tables, figures }: ClaimReport,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const images = await Promise.all(
    Object.entries(figures).map(async ([figure, { svg, caption }]) => {
      const file = `${name}-${figure}.svg`
      await writeFile(join(folder, file), svg)
      return [`${figure} (figure)`, `![${caption}](${file})\n\n*${caption}*`] as const
    }),
  )
  const path = join(folder, `${name}.md`)
  const page = existsSync(path) ? await readFile(path, 'utf8') : `# ${title}\n`
  await writeFile(path, filled(page, { about, ...tables, ...Object.fromEntries(images) }))
  return path
}
