/**
 * What every Chromium of the tests is started with: Google's renderer on the CPU stands in for the GPU, so that WebGPU
 * and WebGL2 are the same on every machine.
 */
export const chromiumFlags: readonly string[] = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
  '--use-gl=angle',
  '--use-angle=swiftshader',
]
