import { expect, test } from 'vitest'
import { unexpectedPackages } from './consumer-closure.ts'

test('what the manifests ask for, nested copies included, is expected', () => {
  const locked = {
    'node_modules/a': { dependencies: { b: '1', c: '1' } },
    'node_modules/b': { dependencies: { c: '2' } },
    'node_modules/b/node_modules/c': {},
    'node_modules/c': {},
  }
  expect(unexpectedPackages('a', locked)).toEqual([])
})

test('a package that nothing asks for is unexpected', () => {
  expect(unexpectedPackages('a', { 'node_modules/a': {}, 'node_modules/stray': {} })).toEqual(['stray'])
})

test('an optional peer must not come along; a required one may', () => {
  const peer = { peerDependencies: { p: '1' } }
  const locked = { 'node_modules/a': peer, 'node_modules/p': {} }
  expect(unexpectedPackages('a', locked)).toEqual([])
  const optional = { ...peer, peerDependenciesMeta: { p: { optional: true } } }
  expect(unexpectedPackages('a', { ...locked, 'node_modules/a': optional })).toEqual(['p'])
})

test('a native library is allowed only to the package that lists it itself', () => {
  const locked = {
    'node_modules/@prefkit/losses': { dependencies: { '@prefkit/tensor': '1' } },
    'node_modules/@prefkit/tensor': { dependencies: { 'onnxruntime-node': '1' } },
    'node_modules/onnxruntime-node': {},
  }
  expect(unexpectedPackages('@prefkit/losses', locked)).toEqual(['onnxruntime-node'])
  const umbrella = {
    'node_modules/prefkit': { optionalDependencies: { 'onnxruntime-node': '1' } },
    'node_modules/onnxruntime-node': {},
  }
  expect(unexpectedPackages('prefkit', umbrella)).toEqual([])
  const gpu = {
    'node_modules/prefkit': { optionalDependencies: { 'gpu.js': '1' } },
    'node_modules/gpu.js': { dependencies: { webgpu: '1' } },
    'node_modules/webgpu': {},
  }
  expect(unexpectedPackages('prefkit', gpu)).toEqual([])
  const through = { ...gpu, 'node_modules/a': { dependencies: { prefkit: '1' } } }
  expect(unexpectedPackages('a', through)).toEqual(['gpu.js', 'webgpu'])
})
