import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CacheFault, diskCache } from './disk-cache'
import { startProgram, untilEnd } from './testing/run-program'
import { until } from './testing/until'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-cache-'))
})
afterEach(() => rm(folder, { recursive: true }))

const key = 'ab'.repeat(32)
const value = { text: 'Ja — "yes"\n', numbers: [0.1, -3, 1e-300], nothing: null }
const fileOf = (name: string) => join(folder, name.slice(0, 2), `${name}.json`)

function watched() {
  const faults: CacheFault[] = []
  return { faults, cache: diskCache(folder, { onFault: (fault) => faults.push(fault) }) }
}

test('gives back what was set, in this process and the next', async () => {
  const { cache, faults } = watched()
  expect(await cache.get(key)).toBeUndefined()
  await cache.set(key, value)
  expect(await cache.get(key)).toEqual(value)
  expect(await diskCache(folder).get(key)).toEqual(value)
  expect(faults).toEqual([])
})

test('an entry cut at any byte is noticed, reported and asked for anew', async () => {
  const { cache, faults } = watched()
  await cache.set(key, value)
  const whole = await readFile(fileOf(key))
  for (let length = 0; length < whole.length; length++) {
    await writeFile(fileOf(key), whole.subarray(0, length))
    expect(await cache.get(key)).toBeUndefined()
    expect(faults.splice(0)).toMatchObject([{ kind: 'damaged', file: fileOf(key) }])
  }
  await cache.set(key, value)
  expect(await cache.get(key)).toEqual(value)
})

test('an entry with any byte changed is noticed', async () => {
  const { cache, faults } = watched()
  await cache.set(key, value)
  const whole = await readFile(fileOf(key))
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole)
    changed[at]! ^= 4
    await writeFile(fileOf(key), changed)
    expect(await cache.get(key)).toBeUndefined()
    expect(faults.splice(0)).toMatchObject([{ kind: 'damaged' }])
  }
})

test('an entry under another key is noticed', async () => {
  const { cache, faults } = watched()
  await cache.set(key, value)
  const other = `ab${'0'.repeat(62)}`
  await copyFile(fileOf(key), fileOf(other))
  expect(await cache.get(other)).toBeUndefined()
  expect(faults).toEqual([{ kind: 'damaged', file: fileOf(other), reason: 'its checksum does not match' }])
})

test('what cannot be read or written is reported, not thrown', async () => {
  const { cache, faults } = watched()
  await mkdir(fileOf(key), { recursive: true })
  expect(await cache.get(key)).toBeUndefined()
  await cache.set(key, value)
  expect(faults.map(({ kind }) => kind)).toEqual(['unreadable', 'unwritable'])
  await writeFile(join(folder, 'file'), '')
  const inFile: CacheFault[] = []
  const blocked = diskCache(join(folder, 'file'), { onFault: (fault) => inFile.push(fault) })
  expect(await blocked.get(key)).toBeUndefined()
  await blocked.set(key, value)
  expect(inFile.map(({ kind }) => kind)).toEqual(['unwritable'])
  expect(await readdir(join(folder, 'tmp'))).toEqual([])
})

test('a fault is a warning of the process where nobody asked for it', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  await mkdir(join(folder, 'ab'))
  await writeFile(fileOf(key), 'half')
  expect(await diskCache(folder).get(key)).toBeUndefined()
  await until(() => warnings.length > 0)
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('is damaged')])
  process.off('warning', listen)
})

test('temporary files that a kill left are removed when they are old', async () => {
  const [old, recent] = [join(folder, 'tmp', 'old'), join(folder, 'tmp', 'recent')]
  await mkdir(join(folder, 'tmp'))
  await Promise.all([old, recent].map((file) => writeFile(file, 'half')))
  await utimes(old, new Date(0), new Date(0))
  await watched().cache.set(key, value)
  expect(await readdir(join(folder, 'tmp'))).toEqual(['recent'])
  expect((await stat(fileOf(key))).isFile()).toBe(true)
})

test('several processes read and write the same entries at once, and see none in half', async () => {
  const children = [1, 2, 3].map(() => startProgram('share-cache.ts', [folder, '20', '30']))
  for (const { code, stdout, stderr } of await Promise.all(children.map(untilEnd)))
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '0', stderr: '' })
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  expect(files.filter((file) => file.isFile())).toHaveLength(20)
})

test('misspelt options are refused', () => {
  expect(() => diskCache(folder, { onfault: () => {} } as never)).toThrow('no option onfault')
})
