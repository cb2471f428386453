import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

/** What Chromium is called where it is installed for all. */
const commonNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file))
}

/**
 * The Chromium to start: the one given, else playwright's own, else the first that is on the PATH.
 * @throws Error saying what to install when there is none.
 */
export function findChromium(given: string | undefined): string {
  if (given) {
    if (existsSync(given)) return given
    throw new Error(
      `--chromium (or CHROMIUM_PATH): expected the path of a Chromium, and ${given} does not exist`,
    )
  }
  const own = chromium.executablePath()
  const found = existsSync(own) ? own : onPath(commonNames)
  if (found) return found
  throw new Error(
    `no Chromium: none of playwright's, and none of ${commonNames.join(', ')} on the PATH. Install one ` +
      '(`npx playwright-core install --with-deps chromium` in bench/, or your system’s `chromium` package), ' +
      'or give --chromium PATH',
  )
}
