import type { BenchCase } from '../../cases.ts'
import { makeArrays, type NamedArrays, withArrays } from '../../data.ts'
import type { StepTimes } from '../../turns.ts'
import { type Library, prepareWork, type Work } from '../../work.ts'

/** A script beside this one: a library on one of its backends. */
interface LibraryScript {
  readonly library: (mode: string) => Library | Promise<Library>
}

/** What the page is asked from outside. */
export interface PageBench {
  /** Loads a library and prepares the case; returns what it runs on, in words. */
  prepare(library: string, mode: string, spec: BenchCase): Promise<string>
  steps(library: string, mode: string, count: number): Promise<StepTimes>
  /** Names of the devices that the browser has. */
  devices(): Promise<Devices>
}

export interface Devices {
  readonly webgpu: string
  readonly webgl: string
  readonly isolated: boolean
  readonly threads: number
}

const prepared = new Map<string, Work>()
/** The page is loaded anew for each case. */
let arrays: NamedArrays | undefined

async function prepare(library: string, mode: string, spec: BenchCase): Promise<string> {
  const script = (await import(`/${library}.js`)) as LibraryScript
  arrays ??= makeArrays(spec)
  const work = await prepareWork(await script.library(mode), withArrays(spec, arrays))
  prepared.set(`${library} ${mode}`, work)
  return work.description
}

async function steps(library: string, mode: string, count: number): Promise<StepTimes> {
  const work = prepared.get(`${library} ${mode}`)!
  const start = performance.now()
  const values = await work.run(count)
  return { values, seconds: (performance.now() - start) / 1000 }
}

async function nameOfWebgpu(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) return 'none'
  const { vendor, architecture, device, description } = adapter.info
  return [vendor, architecture, device, description].filter(Boolean).join(', ') || 'unnamed'
}

function nameOfWebgl(): string {
  const context = new OffscreenCanvas(1, 1).getContext('webgl2')
  if (!context) return 'none'
  const extension = context.getExtension('WEBGL_debug_renderer_info')
  return String(context.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
}

const devices = async (): Promise<Devices> => ({
  webgpu: await nameOfWebgpu(),
  webgl: nameOfWebgl(),
  isolated: crossOriginIsolated,
  threads: navigator.hardwareConcurrency,
})

Object.assign(window, { bench: { prepare, steps, devices } satisfies PageBench })
