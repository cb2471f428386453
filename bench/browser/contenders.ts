/** A library on one of its backends in the browser. */
export interface BrowserContender {
  readonly name: string
  readonly library: string
  readonly mode: string
}

const modesOf = {
  prefkit: ['webgpu', 'webgl2', 'webasm'],
  tfjs: ['webgpu', 'webgl', 'wasm'],
  'jax-js': ['webgpu', 'wasm'],
} as const

const inModes = (library: keyof typeof modesOf): BrowserContender[] =>
  modesOf[library].map((mode) => ({ name: `${library}-${mode}`, library, mode }))

/** The libraries that are bundled, each once. */
export const libraries = Object.keys(modesOf)

export const prefkitContenders = inModes('prefkit')

export const browserPeers = [...inModes('tfjs'), ...inModes('jax-js')]
