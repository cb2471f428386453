import { type Browser, chromium } from 'playwright-core'

/** How WebGPU and WebGL get their device. */
export const adapters = {
  /** Google's renderer on the processor, the same everywhere. */
  swiftshader: [
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
    '--enable-unsafe-swiftshader',
    '--use-gl=angle',
    '--use-angle=swiftshader',
  ],
  /** The GPU that Chromium chooses. On Linux it takes Vulkan only when it is told to, and headless has no surface. */
  default: [
    '--enable-unsafe-webgpu',
    '--ignore-gpu-blocklist',
    ...(process.platform === 'linux'
      ? ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
      : []),
  ],
} as const

export type Adapter = keyof typeof adapters

/** Chromium's sandbox refuses to start as root. */
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** Starts Chromium without a window; `flags` come last. */
export const launchChromium = (
  executablePath: string,
  adapter: Adapter,
  flags: readonly string[],
): Promise<Browser> => chromium.launch({ executablePath, args: [...asRoot, ...adapters[adapter], ...flags] })
