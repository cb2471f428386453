import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { goldenPath } from '../goldens/load-goldens'
import { type HubClient, loadFromHub } from './load-from-hub'

let cacheDir = ''
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'prefkit-hub-'))
  // The client tells of each download.
  vi.spyOn(console, 'debug').mockImplementation(() => {})
})
afterAll(async () => {
  vi.restoreAllMocks()
  await rm(cacheDir, { recursive: true })
})

const sha = '0123456789abcdef0123456789abcdef01234567'

/** The routes of the hub that are used, for one repository; files are committed one after another. */
function servedFrom(directory: string, extra: readonly string[], log: string[]): typeof fetch {
  const names = readdirSync(directory)
  const entry = (path: string, index: number) => ({
    type: 'file',
    path,
    oid: `${index}`.padStart(40, 'f'),
    size: 1,
    lastCommit: { id: `${index}`.padStart(40, '0'), title: '', date: '2026-01-01T00:00:00Z' },
  })
  const files = [...names, ...extra]
  return async (input, init = {}) => {
    const path = decodeURIComponent(new URL(String(input)).pathname)
    log.push(`${new Headers(init.headers).get('authorization') ?? ''} ${path}`.trim())
    if (path.startsWith('/api/models/a/tiny/revision/')) {
      return Response.json({ _id: '1', id: 'a/tiny', sha, lastModified: '2026-01-01T00:00:00Z' })
    }
    if (path.startsWith(`/api/models/a/tiny/tree/${sha}`)) return Response.json(files.map(entry))
    if (path === `/api/models/a/tiny/paths-info/${sha}`) {
      const { paths } = JSON.parse(String(init.body)) as { paths: string[] }
      return Response.json(paths.map((each) => entry(each, files.indexOf(each))))
    }
    const name = names.find((each) => path === `/a/tiny/resolve/${sha}/${each}`)
    if (name === undefined) return new Response('{"error":"not found"}', { status: 404 })
    const bytes = readFileSync(join(directory, name))
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init.headers).get('range') ?? '') ?? []
    const part = from === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1)
    const headers = { etag: '"x"', 'content-range': `bytes ${from}-${to}/${bytes.length}` }
    return new Response(new Uint8Array(part), { status: from === undefined ? 200 : 206, headers })
  }
}

describe('loadFromHub', () => {
  it('downloads what a model needs and nothing else, once', async () => {
    const log: string[] = []
    const unwanted = ['README.md', 'pytorch_model.bin', 'onnx', 'tf_model.h5']
    const serve = servedFrom(goldenPath('models/llama-biased'), unwanted, log)
    const checkpoint = await loadFromHub('a/tiny', { cacheDir, fetch: serve, accessToken: 'hf_secret' })
    expect([checkpoint.config.family, checkpoint.tensors.names.length]).toEqual(['llama', 34])
    expect((await checkpoint.tensors.read('model.norm.weight')).dims).toEqual([16])
    await checkpoint.close()
    expect(log.every((line) => line.startsWith('Bearer hf_secret '))).toBe(true)
    const downloads = () => log.filter((line) => line.includes('/resolve/'))
    const names = downloads().map((line) => line.slice(line.lastIndexOf('/') + 1))
    expect([...new Set(names)].toSorted()).toEqual(readdirSync(goldenPath('models/llama-biased')).toSorted())
    const before = downloads().length
    await (await loadFromHub('a/tiny', { cacheDir, fetch: serve, accessToken: 'hf_secret' })).close()
    expect(downloads().length).toBe(before)
  })

  it('opens one GGUF file of a repository', async () => {
    const serve = servedFrom(goldenPath('gguf'), [], [])
    const options = { cacheDir: join(cacheDir, 'gguf'), fetch: serve }
    const checkpoint = await loadFromHub('a/tiny', { ...options, file: 'qwen2.gguf' })
    expect([checkpoint.format, checkpoint.config.family]).toEqual(['gguf', 'qwen2'])
    await checkpoint.close()
    await expect(loadFromHub('a/tiny', options)).rejects.toMatchObject({
      code: 'NOT_A_CHECKPOINT',
      message: expect.stringContaining('a/tiny: expected a config.json in this repository'),
    })
  })

  it('tells what went wrong by name', async () => {
    const hub: HubClient = {
      modelInfo: () => Promise.reject(new Error('getaddrinfo ENOTFOUND huggingface.co')),
      listFiles: async function* () {},
      downloadFileToCacheDir: () => Promise.reject(new Error('unused')),
    }
    await expect(loadFromHub('a/b', { hub })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: 'a/b: could not be downloaded: getaddrinfo ENOTFOUND huggingface.co',
    })
    await expect(loadFromHub('../x', { hub })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(loadFromHub('a/b/c', { hub })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    const misspelt: object = { revison: 'main' }
    await expect(loadFromHub('a/b', misspelt)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})
