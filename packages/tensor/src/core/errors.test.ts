import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layerNorm } from '../ops/normalise'
import { add } from '../primitives/add'
import { concat } from '../primitives/concat'
import { matmul } from '../primitives/matmul'
import { reshape } from '../primitives/reshape'
import { valueAndGrad } from '../transforms/grad'
import { callSite, TensorError } from './errors'
import { tensor } from './tensor'

/** The message of what `run` throws. */
function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    expect(TensorError.isInstance(error)).toBe(true)
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

const here = /\(called at .*core\/errors\.test\.ts:\d+:\d+\)$/

describe('an error of an op', () => {
  it('names the op, the shapes and this very file', () => {
    const message = messageOf(() => add([1, 2], [1, 2, 3]))
    expect(message).toMatch(/^add: shapes \[2\] and \[3\] do not broadcast/)
    expect(message).toMatch(here)
  })

  it.each([
    [
      'matmul',
      () => matmul([[1, 2]], [[1, 2]]),
      /^matmul: shapes \[1, 2\] and \[1, 2\]: inner dimensions 2 and 1 differ/,
    ],
    ['reshape', () => reshape([1, 2, 3], [2, -1]), /^reshape: \[3\] cannot be read as \[2, -1\]/],
    [
      'reshape to negative sizes',
      () => reshape([1, 2, 3, 4], [-2, -2]),
      /^reshape: shape \[-2, -2\]: expected whole/,
    ],
    [
      'concat',
      () => concat([[[1]], [[1, 2]]], 0),
      /^concat: shapes \[1, 1\] and \[1, 2\] differ outside axis 0/,
    ],
    ['an axis', () => concat([[1], [2]], 3), /^concat: axis 3 is out of range for a tensor of rank 1/],
    ['tensor', () => tensor([[1, 2], [3]]), /^tensor: row 1 has 1 element; expected 2, as row 0/],
    [
      'data',
      () => tensor([1, 2, 3], { shape: [2, 2] }),
      /^tensor: shape \[2, 2\] holds 4 elements, the data has 3/,
    ],
  ])('%s', (_name, run, want) => {
    expect(messageOf(run)).toMatch(want)
    expect(messageOf(run)).toMatch(here)
  })

  it('finds the caller of deeply composed functions, through a trace', () => {
    const deep = (depth: number): unknown =>
      depth === 0 ? layerNorm([[1, 2]], { axis: 5 }) : deep(depth - 1)
    expect(messageOf(() => deep(3))).toMatch(here)
    const loss = () => valueAndGrad((x: ReturnType<typeof tensor>) => add(x, [1, 2]))(tensor([1, 2, 3]))
    expect(messageOf(loss)).toMatch(here)
  })

  it('has a code, and is recognised across copies of the package', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('prefkit.tensor.error'), { value: true })
    expect(TensorError.isInstance(foreign)).toBe(true)
    expect(TensorError.isInstance(new Error('x'))).toBe(false)
    expect(TensorError.isInstance(null)).toBe(false)
    expect(new TensorError('BACKEND_FAILURE', 'x').code).toBe('BACKEND_FAILURE')
  })
})

describe('callSite', () => {
  const stackOf = (...frames: string[]) => ['Error', ...frames.map((frame) => `    at ${frame}`)].join('\n')

  it.each([
    [
      'sources, over other ops',
      [
        'callSite (/repo/tensor/src/core/errors.ts:9:1)',
        'add (/repo/tensor/src/primitives/add.ts:3:4)',
        'loss (/repo/app/loss.ts:7:9)',
      ],
      '/repo/app/loss.ts:7:9',
    ],
    [
      'a bundle in several chunks',
      [
        'callSite (file:///app/node_modules/@prefkit/tensor/dist/chunk-AB12.js:9:1)',
        'run (file:///app/node_modules/@prefkit/tensor/dist/native/index.js:3:4)',
        'file:///app/main.mjs:2:5',
      ],
      '/app/main.mjs:2:5',
    ],
    [
      'other packages of the family, up to the user’s code',
      [
        'callSite (file:///app/node_modules/@prefkit/tensor/dist/index.js:9:1)',
        'loss (file:///app/node_modules/@prefkit/losses/dist/index.js:3:4)',
        'async Promise.all (index 0)',
        'Object.train [as step] (/app/train.ts?t=17:4:2)',
      ],
      '/app/train.ts?t=17:4:2',
    ],
    [
      'the family itself, where no one else is on the stack',
      [
        'callSite (file:///app/node_modules/@prefkit/tensor/dist/index.js:9:1)',
        'loss (file:///app/node_modules/@prefkit/losses/dist/index.js:3:4)',
        'node:internal/process/task_queues:105:5',
      ],
      '/app/node_modules/@prefkit/losses/dist/index.js:3:4',
    ],
    [
      'Windows',
      [
        'callSite (C:\\app\\node_modules\\@prefkit\\tensor\\dist\\index.js:9:1)',
        'main (C:\\app\\main.js:2:3)',
      ],
      'C:\\app\\main.js:2:3',
    ],
    ['nobody', ['callSite (/repo/tensor/src/core/errors.ts:9:1)', 'node:internal/x:1:1'], undefined],
  ])('looks past %s', (_case, frames, want) => {
    expect(callSite(stackOf(...frames))).toBe(want)
  })
})

describe('the built package, installed', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const app = mkdtempSync(join(tmpdir(), 'prefkit-tensor-'))
  const installed = join(app, 'node_modules/@prefkit/tensor')

  beforeAll(() => {
    mkdirSync(installed, { recursive: true })
    cpSync(join(root, 'package.json'), join(installed, 'package.json'))
    const tsup = join(root, '../../node_modules/tsup/dist/cli-default.js')
    const options = ['--config', '../../tsup.config.ts', '--out-dir', join(installed, 'dist'), '--silent']
    execFileSync(process.execPath, [tsup, ...options], {
      cwd: root,
      env: { ...process.env, PREFKIT_BUILD: 'js' },
    })
  })
  afterAll(() => rmSync(app, { recursive: true }))

  it('names the line of the program that called it, eagerly and inside jit', () => {
    const lines = [
      `import { add, jit, layerNorm, tensor } from '@prefkit/tensor'`,
      `try { add([1, 2], [1, 2, 3]) } catch (error) { console.log(error.message) }`,
      `try { layerNorm([1], { axis: 4 }) } catch (error) { console.log(error.message) }`,
      `await jit((x) => add(x, [1, 2, 3]), { backend: 'reference' })(tensor([1, 2])).catch((e) => console.log(e.message))`,
    ]
    writeFileSync(join(app, 'main.mjs'), lines.join('\n'))
    const printed = execFileSync(process.execPath, ['main.mjs'], { cwd: app, encoding: 'utf8' })
    expect(printed.match(/main\.mjs:\d+/g)).toEqual(['main.mjs:2', 'main.mjs:3', 'main.mjs:4'])
  })
})
