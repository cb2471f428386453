import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import { extract } from 'tar-fs'
import type { Chromium } from './chromium.ts'

/** SwiftShader goes beside the executable, libraries that a bare Linux lacks into `lib`, a font into `fonts`. */
const archives = ['swiftshader.tar.br', 'al2023.tar.br', 'fonts.tar.br']

/** Without any font Chromium ends at the first text; the package's own settings look for it elsewhere. */
const fontSettings = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`

const packageFolder = () => join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..')

const decompress = (file: string, target: NodeJS.WritableStream) =>
  pipeline(createReadStream(file), createBrotliDecompress({ chunkSize: 2 ** 21 }), target)

async function unpack(from: string, into: string): Promise<void> {
  await Promise.all([
    decompress(join(from, 'chromium.br'), createWriteStream(join(into, 'chromium'), { mode: 0o755 })),
    ...archives.map((file) => decompress(join(from, file), extract(into))),
  ])
}

/** Fills `folder` at once: whoever sees it sees all of it, also when two processes start together. */
async function unpackOnce(from: string, folder: string): Promise<void> {
  if (existsSync(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const unfinished = await mkdtemp(`${folder}-`)
  try {
    await unpack(from, unfinished)
    await writeFile(join(unfinished, 'fonts.conf'), fontSettings(folder))
    await rename(unfinished, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** The Chromium in npm's `@sparticuz/chromium`, unpacked beside the installed packages; or why it cannot run here. */
export async function npmChromium(): Promise<Chromium | string> {
  const { platform, arch } = process
  if (platform !== 'linux' || arch !== 'x64')
    return `npm's Chromium is for linux x64, and this is ${platform} ${arch}`
  const from = packageFolder()
  const { version } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'))
  const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
  const folder = join(modules, '.cache', `chromium-${version}`)
  await unpackOnce(join(from, 'bin'), folder)
  const libraries = [join(folder, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(folder, 'fonts.conf') },
    source: `@sparticuz/chromium ${version}`,
  }
}
