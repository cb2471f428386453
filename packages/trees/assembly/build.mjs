/** Compiles the kernels into src/kernels/kernels-wasm.ts. `--check` compares instead, for the test that it is fresh. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const output = fileURLToPath(new URL('../src/kernels/kernels-wasm.ts', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

/** The compiled module as the TypeScript file that holds it. */
export async function compileKernels() {
  const files = new Map()
  const { error, stderr } = await asc.main(
    [
      'assembly/index.ts',
      '--outFile=kernels.wasm',
      '-O3',
      '--converge',
      '--noAssert',
      '--runtime=stub',
      '--enable=simd,threads,bulk-memory',
      '--importMemory',
      '--sharedMemory',
      '--initialMemory=1',
      '--maximumMemory=65536',
      '--memoryBase=1024',
    ],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(`${base === '.' ? root : base}/${name}`, 'utf8')
        } catch {
          return null
        }
      },
      writeFile: (name, contents) => files.set(name, contents),
      listFiles: () => [],
    },
  )
  if (error) throw new Error(`the kernels do not compile:\n${stderr.toString()}`, { cause: error })
  const base64 = Buffer.from(files.get('kernels.wasm')).toString('base64')
  return `/** The kernels of assembly/, compiled by assembly/build.mjs: WebAssembly as base64. Not written by hand. */\nexport const kernelsWasm =\n  '${base64}'\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(output, await compileKernels())
