import { type Browser, chromium, type LaunchOptions } from 'playwright'
import { type Chromium, findChromium } from './chromium.ts'
import { chromiumFlags } from './chromium-flags.ts'

/** What playwright starts this Chromium with. */
export const launchOptionsOf = ({ executablePath, env }: Chromium): LaunchOptions => ({
  executablePath,
  args: [...chromiumFlags],
  env: { ...process.env, ...env },
})

/**
 * Starts the Chromium of the tests without a window, with WebGPU and WebGL2 on SwiftShader.
 * @throws Error saying why when there is none; where that is no failure, ask {@link findChromium} first.
 */
export async function launchChromium(): Promise<Browser> {
  const found = await findChromium()
  if (typeof found === 'string') throw new Error(`no Chromium: ${found}`)
  return chromium.launch(launchOptionsOf(found))
}
