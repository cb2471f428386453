import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storiesPath } from '../lm/testing/stories'
import { runPrefkitBeside, startPrefkit } from './testing/run-prefkit'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-run-ui-'))
  const texts = Array.from({ length: 12 }, (_, i) => ({ prompt: `Tom had ${i} dogs.`, completion: ' Good.' }))
  await writeFile(join(folder, 'texts.jsonl'), texts.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const settings = `model: {path: ${storiesPath}}\nsft: {files: texts.jsonl, batchSize: 2, epochs: 3}\n`
  await writeFile(join(folder, 'config.yaml'), settings)
})
afterAll(() => rm(folder, { recursive: true }))

/** The address that a run says its page is at. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  let text = ''
  for await (const piece of stderr!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += piece
    const [, url] = /^live page: (\S+)\n/m.exec(text) ?? []
    if (url) return url
  }
  throw new Error(`no live page: ${text}`)
}

/** All events of a page, until its stream ends. */
async function eventsOf(url: string): Promise<{ name: string; data: unknown }[]> {
  const text = await (await fetch(`${url}events`)).text()
  return [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, name, data]) => ({
    name: name!,
    data: JSON.parse(data!),
  }))
}

it('serves a page and its events while it goes on, and ends with the run', async () => {
  const child = startPrefkit(folder, ['run', 'config.yaml', '--out', 'watched', '--ui'])
  const closed = once(child, 'close')
  child.stdout!.resume()
  const url = await addressOf(child)
  // What is said from here on is of no interest, and must not stop it.
  child.stderr!.resume()
  const [page, events] = await Promise.all([fetch(url).then((answer) => answer.text()), eventsOf(url)])
  expect(page).toContain('<h1>watched</h1>')
  expect(events.at(-1)).toEqual({ name: 'end', data: 'the run has ended, or is not served any more' })
  const parts = events
    .filter(({ name }) => name === 'parts')
    .map(({ data }) => data as Record<string, string>)
  // Drawn as it went on, and whole at the end.
  expect(parts[0]).toHaveProperty('summary')
  expect(parts.findLast(({ progress }) => progress)!.progress).toContain('done, 18 steps')
  expect(await closed).toEqual([0, null])
  expect((await readFile(join(folder, 'watched', 'metrics.jsonl'), 'utf8')).split('\n')).toHaveLength(19)
  await expect(fetch(url)).rejects.toThrow()
})

it('says that a port is taken, and leaves no run', async () => {
  const taken = createServer()
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done))
  // Of a server that listens on a port it is an object.
  const { port } = taken.address() as { port: number }
  const args = ['run', 'config.yaml', '--out', 'none', '--ui', `${port}`]
  const { status, stderr } = await runPrefkitBeside(folder, args)
  await new Promise((done) => taken.close(done))
  expect({ status, stderr }).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`--ui: port ${port} is taken by another program; name another`),
  })
  await expect(stat(join(folder, 'none'))).rejects.toThrow(/ENOENT/)
})
