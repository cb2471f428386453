import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { modelOf } from './judges.ts'
import { parseOptions, usage } from './options.ts'

let server: Server | undefined

afterEach(() => server?.close())

/** The address of a server that gives one answer, and only where llama-server lists its models. */
async function serve(body: string): Promise<string> {
  const started = createServer((request, response) => {
    response.statusCode = request.url === '/v1/models' ? 200 : 404
    response.end(body)
  })
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`
}

test('an address may end in /v1, a slash or both', async () => {
  const address = await serve(JSON.stringify({ data: [{ id: 'small', meta: { n_params: 134_515_008 } }] }))
  for (const end of ['', '/', '/v1', '/v1/'])
    expect(await modelOf(parseOptions(['--server', `${address}${end}`]).server)).toBe('small')
})

test('what is not the server or the model is said', async () => {
  const address = await serve(JSON.stringify({ data: [{ id: 'other' }] }))
  await expect(modelOf(address)).rejects.toThrow('does not say the size; expected SmolLM2-135M-Instruct')
  await expect(modelOf(`${address}/elsewhere`)).rejects.toThrow(
    '/elsewhere/v1/models answers with status 404',
  )
})

test('an unknown option is refused with the usage', () => {
  expect(() => parseOptions(['--row', '3'])).toThrow(usage)
  expect(() => parseOptions(['--rows', 'x'])).toThrow('--rows is "x"; expected a whole number')
})

test('help is an option', () => {
  expect(parseOptions(['--help']).help).toBe(true)
  expect(parseOptions([]).help).toBe(false)
})

test('the README has every option', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const names = [...usage.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name!)
  expect(names).toHaveLength(8)
  for (const name of names) expect(readme).toMatch(new RegExp(`^\\| \`${name}[ \`]`, 'm'))
})
