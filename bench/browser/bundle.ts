import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The scripts of the page by name: the one that is asked, and each library. */
const scripts: Readonly<Record<string, string>> = {
  main: import.meta.resolve('./page/main.ts'),
  prefkit: import.meta.resolve('./page/prefkit.ts'),
  tfjs: import.meta.resolve('./page/tfjs.ts'),
  'jax-js': import.meta.resolve('./page/jax-js.ts'),
}

/** A script of the page, or why it could not be bundled. */
export type Bundle = { readonly text: string } | { readonly failure: string }

/** Bundles the script of that name with everything that it imports. */
export async function bundle(name: string): Promise<Bundle> {
  try {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(scripts[name]!)],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      target: 'chrome120',
      // prefkit's native backend, which nothing here asks for.
      external: ['onnxruntime-node', 'onnxruntime-web', 'node:*'],
      // Without the workspace's paths, which would put a second copy of prefkit, its sources, beside the built one.
      tsconfigRaw: {},
      logLevel: 'silent',
    })
    return { text: outputFiles[0]!.text }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}
