import { defineConfig } from 'vite'

/** WebAssembly runs on several threads only where the page is isolated from other origins; without, on one. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** The other backend of `@prefkit/tensor`, which this page never asks for. */
const unused = ['onnxruntime-node', 'onnxruntime-web']

export default defineConfig({
  base: './',
  // Within this repository the packages are their sources, so that nothing has to be built first.
  resolve: { tsconfigPaths: true },
  // gpu.js alone is more than the usual limit.
  build: { rolldownOptions: { external: unused }, chunkSizeWarningLimit: 700 },
  optimizeDeps: { exclude: unused },
  server: { headers },
  preview: { headers },
})
