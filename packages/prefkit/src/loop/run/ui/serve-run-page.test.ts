import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { syntheticRun, writeRunData } from '../../../report/loop/testing/synthetic-run'
import { type RunPage, serveRunPage } from './serve-run-page'

let directory: string
let pages: RunPage[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'prefkit-ui-'))
})
afterEach(async () => {
  for (const page of pages) await page.close()
  pages = []
  await rm(directory, { recursive: true })
})

async function serve(path: string, options = {}): Promise<RunPage> {
  const page = await serveRunPage(path, { everySeconds: 0.05, ...options })
  pages.push(page)
  return page
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** Asks as a browser would that thinks the server has that name. */
const ask = (
  url: string,
  { host, method = 'GET' }: { host?: string; method?: string } = {},
): Promise<Answer> =>
  new Promise((settle, fail) => {
    const asked = request(url, { method, headers: host === undefined ? {} : { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => settle({ status: response.statusCode!, text, headers: response.headers }))
    })
    asked.on('error', fail)
    asked.end()
  })

/** Events of a page, as they come. */
async function* eventsOf(page: RunPage): AsyncGenerator<{ name: string; data: unknown }> {
  const response = await fetch(`${page.url}events`)
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const found = /^event: (\w+)\ndata: (.*)$/s.exec(block)
      if (found) yield { name: found[1]!, data: JSON.parse(found[2]!) }
    }
  }
}

const nextParts = async (events: AsyncGenerator<{ name: string; data: unknown }>) =>
  (await events.next()).value!.data as Record<string, string>

test('a connection that nobody uses does not keep it open', async () => {
  const page = await serve(join(directory, 'none'))
  const idle = connect(Number(new URL(page.url).port), '127.0.0.1')
  await once(idle, 'connect')
  // Answered behind it, so that the server has both.
  await ask(page.url)
  const gone = once(idle, 'close')
  await page.close()
  await gone
})

test('the page runs one script, its own, and loads nothing from elsewhere', async () => {
  const run = syntheticRun({ path: join(directory, '<first>') })
  await writeRunData(run)
  const { status, text, headers } = await ask((await serve(run.path)).url)
  expect(status).toBe(200)
  const nonce = /<script nonce="([^"]+)">/.exec(text)![1]!
  expect(text.match(/<script/g)).toHaveLength(1)
  expect(headers['content-security-policy']).toContain(`script-src 'nonce-${nonce}'; connect-src 'self'`)
  expect(text).toContain('<h1>&lt;first&gt;</h1>')
  expect(text).not.toMatch(/https?:/)
})

test('parts come at once, and again where they change; texts of responses are texts', async () => {
  const run = syntheticRun({ path: join(directory, 'first'), isFinished: false })
  await writeRunData(run)
  const page = await serve(run.path)
  const events = eventsOf(page)
  const first = await nextParts(events)
  expect(Object.keys(first)).toEqual([
    'summary',
    'progress',
    'alerts',
    'curves',
    'hacking',
    'samples',
    'timings',
  ])
  expect(first.progress).toContain('<progress max="60" value="30"></progress><span>step 30 of 60</span>')
  expect(first.samples).toContain('<article>')
  expect(Object.values(first).join('')).not.toContain('<script')

  page.onEvent({ kind: 'warning', message: 'MLflow <does> not answer' })
  const later = await nextParts(events)
  expect(Object.keys(later)).toEqual(['progress'])
  expect(later.progress).toContain('MLflow &lt;does&gt; not answer')

  const ended = page.close('the run has ended')
  expect((await events.next()).value).toEqual({ name: 'end', data: 'the run has ended' })
  await ended
  pages = []
})

test('a run that is not there yet is shown once it is', async () => {
  const run = syntheticRun({ path: join(directory, 'later') })
  const events = eventsOf(await serve(run.path))
  const parts = nextParts(events)
  await writeRunData(run)
  expect((await parts).summary).toContain('stories260K.bin')
  await events.return(undefined)
})

test('nothing else can be asked for, nor by another name, nor otherwise', async () => {
  const run = syntheticRun({ path: join(directory, 'first') })
  await writeRunData(run)
  const { url } = await serve(run.path)
  const { port } = new URL(url)
  for (const path of [
    'config.json',
    '../first/config.json',
    '%2e%2e/config.json',
    'events?x',
    'metrics.jsonl',
  ])
    expect((await ask(`${url}${path}`)).status).toBe(404)
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    'localhost',
    '127.0.0.1:1',
    `127.0.0.1.evil.example:${port}`,
  ])
    expect((await ask(url, { host })).status).toBe(403)
  expect((await ask(url, { host: `localhost:${port}` })).status).toBe(200)
  expect((await ask(url, { method: 'POST' })).status).toBe(405)
})

test('a port that is taken is named where it was asked for, else the next one is', async () => {
  const taken = createServer()
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done))
  const { port } = taken.address() as { port: number }
  await expect(serve(directory, { port })).rejects.toThrow(
    `--ui: port ${port} is taken by another program; name another, or none for the first that is free`,
  )
  await new Promise((done) => taken.close(done))
  const [one, other] = [await serve(directory), await serve(directory)]
  expect(other.url).not.toBe(one.url)
  expect((await ask(other.url)).status).toBe(200)
})
