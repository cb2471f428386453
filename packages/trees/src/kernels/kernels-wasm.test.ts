import { expect, it } from 'vitest'
// @ts-expect-error: the compiler's own script has no types.
import { compileKernels } from '../../assembly/build.mjs'
import { kernelsWasm } from './kernels-wasm'

it('the committed kernels are what assembly/ compiles to', async () => {
  const source: string = await compileKernels()
  expect(source.includes(`'${kernelsWasm}'`), 'run `node assembly/build.mjs` in packages/trees').toBe(true)
})
