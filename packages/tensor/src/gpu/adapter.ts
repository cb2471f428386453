/** The part of WebGPU's `GPUAdapter` that tells what it is. */
interface Adapter {
  readonly info?: Readonly<Record<string, unknown>>
  readonly isFallbackAdapter?: boolean
}

interface WebGpu {
  requestAdapter(): Promise<Adapter | null>
}

/** A canvas, as far as it is asked what draws on it. */
type CanvasClass = new (
  width: number,
  height: number,
) => {
  getContext(kind: 'webgl2'): WebGl | null
}

interface WebGl {
  readonly RENDERER: number
  getExtension(name: string): { UNMASKED_RENDERER_WEBGL?: number; loseContext?(): void } | null
  getParameter(name: number): unknown
}

/** What kernels would run on. */
export interface Device {
  /** For people: vendor, architecture, driver. */
  readonly name: string
  /** It only imitates a GPU on the CPU. */
  readonly software: boolean
}

const imitations = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i

const deviceNamed = (name: string, fallback = false): Device => ({
  name: name || 'an adapter that tells no name',
  software: fallback || imitations.test(name),
})

/** The device behind WebGPU, or why there is none. */
export async function webgpuDevice(): Promise<Device | string> {
  const missing = await provideWebGpu()
  const gpu = (globalThis.navigator as { gpu?: WebGpu } | undefined)?.gpu
  if (!gpu) return missing ?? 'there is no WebGPU here'
  const adapter = await gpu.requestAdapter().catch(() => null)
  if (!adapter) return 'no WebGPU adapter answers'
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {}
  const name = [vendor, architecture, device, description].filter(Boolean).join(' ')
  return deviceNamed(name, adapter.isFallbackAdapter === true || isFallbackAdapter === true)
}

let provided: Promise<string | undefined> | undefined

/** Node has no WebGPU of its own; gpu.js brings Dawn's, which goes where gpu.js looks for it. Returns why it cannot. */
function provideWebGpu(): Promise<string | undefined> {
  provided ??= loadDawn()
  return provided
}

async function loadDawn(): Promise<string | undefined> {
  const { navigator, process } = globalThis
  if (!navigator || 'gpu' in navigator || !process?.versions?.node) return undefined
  try {
    const { createRequire } = process.getBuiltinModule('node:module')
    const gpuJs = createRequire(import.meta.url).resolve('gpu.js')
    const dawn = createRequire(gpuJs)('webgpu') as { create(flags: string[]): WebGpu; globals: object }
    Object.assign(globalThis, dawn.globals)
    Object.defineProperty(navigator, 'gpu', { value: dawn.create([]), configurable: true })
    return undefined
  } catch (cause) {
    // What the linker says names files of this machine after what is missing.
    const [line = ''] = String(cause instanceof Error ? cause.message : cause).split('\n')
    return `Dawn's WebGPU does not load: ${line.replace(/ \(required by .*\)$/, '')}`
  }
}

/** The device behind WebGL2, or why there is none. */
export function webgl2Device(): Device | string {
  const { OffscreenCanvas } = globalThis as { OffscreenCanvas?: CanvasClass }
  if (!OffscreenCanvas) return 'there is no canvas here'
  const context = new OffscreenCanvas(1, 1).getContext('webgl2')
  if (!context) return 'there is no WebGL2 here'
  // Kernels write floats.
  if (!context.getExtension('EXT_color_buffer_float')) return 'WebGL2 renders no floats here'
  const { UNMASKED_RENDERER_WEBGL } = context.getExtension('WEBGL_debug_renderer_info') ?? {}
  const name = String(context.getParameter(UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
  context.getExtension('WEBGL_lose_context')?.loseContext?.()
  return deviceNamed(name)
}
