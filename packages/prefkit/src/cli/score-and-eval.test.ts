import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { writeSafetensors } from '@prefkit/nn/files'
import { tensor } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparisonLines, runPrefkit, startPrefkit } from './testing/run-prefkit'

let folder = ''
const prefkit = (args: readonly string[], input = '') => runPrefkit(folder, args, input)
const rows = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const quick = ['--hidden', '8', '--epochs', '8', '--batch-size', '16', '--learning-rate', '0.01']
const training = (out: string, ...more: string[]) => [
  'reward',
  'train',
  '--data',
  'pairs.jsonl',
  '--out',
  out,
  '--quiet',
  ...more,
  ...quick,
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-score-'))
  await writeFile(join(folder, 'pairs.jsonl'), comparisonLines(120))
  const args = training('run', '--members', '2', '--embedder', 'hashed-ngrams:64')
  expect(prefkit(args)).toMatchObject({ status: 0, stderr: '' })
})
afterAll(() => rm(folder, { recursive: true }))

describe('prefkit reward score', () => {
  it('adds rewards to rows of every layout, and keeps their other fields', () => {
    const input = [
      { prompt: 'question', response: 'good good answer', id: 7 },
      { prompt: 'question', responses: ['bad answer', 'good good answer'] },
      { prompt: [{ role: 'user', content: 'question' }], chosen: 'good good answer', rejected: 'bad answer' },
      { response: 'good good answer' },
    ]
    const lines = input.map((row) => JSON.stringify(row)).join('\n\n')
    const { status, stdout, stderr } = prefkit(['reward', 'score', '--model', 'run'], lines)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [one, several, pair, bare] = rows(stdout)
    expect(one).toMatchObject({ ...input[0], reward: expect.any(Number) })
    // The rows of one matrix product are summed in different orders: the last bits may differ.
    const close = (reward: number) => expect.closeTo(reward, 5)
    expect(several.rewards).toEqual([expect.any(Number), close(one.reward)])
    expect(several.rewards[0]).toBeLessThan(one.reward)
    expect(pair).toEqual({
      ...input[2],
      chosen_reward: close(one.reward),
      rejected_reward: close(several.rewards[0]),
    })
    expect(bare.reward).toEqual(close(one.reward))
  })

  it('reads gzip and writes a file whole, the more cautious the more it is asked to', async () => {
    const many = Array.from({ length: 1200 }, (_, i) =>
      JSON.stringify({ prompt: '', response: `good answer ${i}` }),
    )
    await writeFile(join(folder, 'many.jsonl.gz'), gzipSync(many.join('\n')))
    const scored = async (combine: string) => {
      const args = [
        'reward',
        'score',
        'many.jsonl.gz',
        '--model',
        'run/model',
        '--out',
        'out/scored.jsonl',
        '--combine',
        combine,
      ]
      expect(prefkit([...args, '--quiet'])).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(await readdir(join(folder, 'out'))).toEqual(['scored.jsonl'])
      return rows(await readFile(join(folder, 'out/scored.jsonl'), 'utf8')) as { reward: number }[]
    }
    const [mean, least] = [await scored('mean'), await scored('min')]
    expect(mean.length).toBe(1200)
    expect(least.every(({ reward }, i) => reward < mean[i]!.reward)).toBe(true)
  })

  it.each([
    ['{"prompt": "a"', /^error: standard input:2: is no JSON: /],
    [
      '{"prompt": "a"}',
      /^error: standard input:2: expected text fields prompt and response, .*; got the fields prompt \(string\)\n$/,
    ],
    [
      '{"prompt": 1, "response": "b"}',
      /^error: standard input:2: .* got the fields prompt \(number\), response \(string\)\n$/,
    ],
    ['[]', /^error: standard input:2: .* got list\n$/],
  ])('names the line of %s', (line, message) => {
    const { status, stderr } = prefkit(
      ['reward', 'score', '--model', 'run'],
      `{"prompt": "a", "response": "b"}\n${line}\n`,
    )
    expect(stderr).toMatch(message)
    expect(status).toBe(1)
  })

  it('leaves the old file when a row is bad, or the input is missing or no gzip', async () => {
    await writeFile(join(folder, 'bad.jsonl'), '{"prompt": "a", "response": "b"}\nno\n')
    await writeFile(join(folder, 'plain.jsonl.gz'), 'no gzip')
    await writeFile(join(folder, 'old.jsonl'), 'old')
    for (const file of ['bad.jsonl', 'plain.jsonl.gz', 'nowhere.jsonl']) {
      const { status, stderr } = prefkit([
        'reward',
        'score',
        file,
        '--model',
        'run',
        '--out',
        'old.jsonl',
        '--quiet',
      ])
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(new RegExp(`^error: ${file}:`)),
      })
      expect(await readFile(join(folder, 'old.jsonl'), 'utf8')).toBe('old')
    }
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('compresses a file whose name ends in .gz, and leaves nothing when a row is bad', async () => {
    const score = (input: string) =>
      prefkit(['reward', 'score', '--model', 'run', '--out', 'packed/rows.jsonl.gz', '--quiet'], input)
    const good = '{"prompt": "question", "response": "good answer"}\n'
    expect(score(`${good}{}\n`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: standard input:2: /),
    })
    expect(await readdir(join(folder, 'packed'))).toEqual([])
    expect(score(good.repeat(3))).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await readdir(join(folder, 'packed'))).toEqual(['rows.jsonl.gz'])
    const packed = await readFile(join(folder, 'packed/rows.jsonl.gz'))
    expect(rows(gunzipSync(packed).toString())).toEqual(
      Array(3).fill({ ...JSON.parse(good), reward: expect.any(Number) }),
    )
  })

  it('is refused at once where its file cannot be made, however long its input stays open', async () => {
    // Of one name too long only the writing can tell.
    const long = `${'x'.repeat(250)}.gz`
    for (const out of ['pairs.jsonl/x.jsonl', 'pairs.jsonl/x.gz', '/proc/nowhere/x.jsonl', long]) {
      const child = startPrefkit(folder, ['reward', 'score', '--model', 'run', '--out', out], 'pipe')
      child.stdin!.on('error', () => {}).write('{"response": "good answer"}\n')
      let stderr = ''
      child.stderr!.on('data', (piece) => {
        stderr += piece
      })
      const [status] = await once(child, 'close')
      expect(stderr).toMatch(/^error: \S+ could not be written: .*\n$/)
      expect(status).toBe(1)
    }
  })

  it('answers rows as they come, and those before a bad one', async () => {
    const child = startPrefkit(folder, ['reward', 'score', '--model', 'run', '--json'], 'pipe')
    const end = once(child, 'close')
    const line = async () => JSON.parse(`${(await once(child.stdout!, 'data'))[0]}`)
    for (const id of [1, 2]) {
      child.stdin!.write(`${JSON.stringify({ response: 'good answer', id })}\n`)
      expect(await line()).toMatchObject({ id, reward: expect.any(Number) })
    }
    let rest = ''
    child.stdout!.on('data', (piece) => {
      rest += piece
    })
    child.stdin!.end('{"response": "good answer", "id": 3}\nno\n')
    expect(await end).toEqual([1, null])
    expect(rows(rest)).toMatchObject([
      { id: 3, reward: expect.any(Number) },
      { error: { code: 'JSON_MALFORMED', message: expect.stringMatching(/^standard input:4: /) } },
    ])
  })

  it('leaves bad rows out when asked, and tells how many and which on standard error', async () => {
    const good = '{"prompt": "question", "response": "good answer"}'
    const bad = ['{"prompt": "a"', '{"prompt": "a"}', '[]', '1', '{"response": 2}', 'no', '{}']
    await writeFile(join(folder, 'mixed.jsonl'), [bad[0], good, ...bad.slice(1), good].join('\n'))
    const args = ['reward', 'score', '--model', 'run', '--skip-bad', '--quiet']
    const { status, stdout, stderr } = prefkit([...args, 'mixed.jsonl'])
    expect(rows(stdout)).toEqual(Array(2).fill({ ...JSON.parse(good), reward: expect.any(Number) }))
    expect(stderr.split('\n')).toEqual([
      'left out: 7 bad rows',
      expect.stringMatching(/^ {2}mixed\.jsonl:1: is no JSON: /),
      expect.stringMatching(
        /^ {2}mixed\.jsonl:3: expected text fields prompt and response, .* prompt \(string\)$/,
      ),
      ...[4, 5, 6].map((line) => expect.stringContaining(`  mixed.jsonl:${line}: expected text fields`)),
      '  … and 2 more',
      '',
    ])
    expect(status).toBe(0)
    // Nothing good, and nothing bad.
    expect(prefkit(args, 'no\n')).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/^left out: 1 bad row\n {2}standard input:1: is no JSON: .*\n$/),
    })
    expect(prefkit(args, good)).toMatchObject({ status: 0, stderr: '' })
  })

  it('says so when plain TypeScript runs, and comes to the same', () => {
    const line = '{"prompt": "question", "response": "good good answer"}'
    const native = prefkit(['reward', 'score', '--model', 'run'], line)
    const plain = runPrefkit(folder, ['reward', 'score', '--model', 'run'], line, {
      PREFKIT_BACKEND: 'reference',
    })
    expect(native.stderr).toBe('')
    expect(plain.stderr).toMatch(/^note: running on plain TypeScript, .* \(PREFKIT_BACKEND=reference\)\n$/)
    expect(rows(plain.stdout)[0].reward).toBeCloseTo(rows(native.stdout)[0].reward, 5)
  })

  it('writes nothing for no rows', () => {
    expect(prefkit(['reward', 'score', '--model', 'run'], '\n\n')).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })
})

describe('prefkit reward eval', () => {
  it('tells accuracy for people and machines, and writes a report', async () => {
    const args = ['reward', 'eval', '--model', 'run', 'pairs.jsonl']
    const text = prefkit([...args, '--report', 'eval.html', '--quiet'])
    expect(text).toMatchObject({ status: 0, stderr: '' })
    expect(text.stdout).toMatch(
      /^pairs\.jsonl: 120 rows of jsonl, read as trl because [\s\S]*\naccuracy \d+\.\d % /,
    )
    expect(text.stdout).toContain('report: eval.html')
    expect(await readFile(join(folder, 'eval.html'), 'utf8')).toContain('Reward model evaluation')
    const json = JSON.parse(prefkit([...args, '--json']).stdout)
    expect(json.evaluation.accuracy.accuracy).toBeGreaterThan(0.95)
    expect(json).toMatchObject({ evaluation: { comparisons: 120 }, backend: expect.any(String) })
  })

  it('refuses a file without comparisons, and a model of another embedder or release', async () => {
    await writeFile(
      join(folder, 'ties.jsonl'),
      '{"prompt": "p", "response_a": "a", "response_b": "b", "votes": ["tie"]}\n',
    )
    expect(prefkit(['reward', 'eval', '--model', 'run', 'ties.jsonl', '--quiet'])).toMatchObject({
      status: 1,
      stderr:
        'error: ties.jsonl: expected comparisons, found none (1 rows, 1 ties, 0 unpaired responses, 0 skipped)\n',
    })
    const path = join(folder, 'run/model/model.json')
    const saved = await readFile(path, 'utf8')
    await writeFile(path, saved.replace('"dimensions": 64', '"dimensions": 65'))
    expect(prefkit(['reward', 'eval', '--model', 'run', 'pairs.jsonl', '--quiet'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error: the model was trained on vectors of \S+; the embedder .* is \S+ now: restore /,
      ),
    })
    await writeFile(path, saved.replace('"version": 1', '"version": 2'))
    expect(prefkit(['reward', 'eval', '--model', 'run', 'pairs.jsonl', '--quiet'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        'written as version 2; this release reads up to version 1: update prefkit',
      ),
    })
    await writeFile(path, saved)
  })
})

describe('vectors computed elsewhere', () => {
  const rows = 24
  const texts = Array.from({ length: rows }, (_, i) => (i % 2 ? `bad answer ${i}` : `good answer ${i}`))
  const write = (sign: number, holes = false) => {
    const values = Float32Array.from({ length: rows * 2 }, (_, i) =>
      holes && i === 5 ? Number.NaN : sign * ((i >> 1) % 2 ? -1 : 1) + 0.01 * Math.sin(i),
    )
    const path = join(folder, 'vectors.safetensors')
    return writeSafetensors(path, { vectors: tensor(values, { shape: [rows, 2] }) })
  }
  const args = ['--data', 'few.jsonl', '--vectors', 'vectors.safetensors', '--vector-texts', 'texts.jsonl']
  const train = (out: string) =>
    prefkit(['reward', 'train', ...args, '--out', out, '--features', 'response', '--quiet', ...quick])

  it('are learned from, and missed when they have changed', async () => {
    await writeFile(join(folder, 'texts.jsonl'), texts.map((text) => JSON.stringify({ text })).join('\n'))
    const pairs = Array.from({ length: rows / 2 }, (_, i) => ({
      prompt: `q${i}`,
      chosen: texts[2 * i],
      rejected: texts[2 * i + 1],
    }))
    await writeFile(join(folder, 'few.jsonl'), pairs.map((pair) => JSON.stringify(pair)).join('\n'))
    await write(1, true)
    expect(train('holes')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: .*vectors\.safetensors: row 2, column 1 is NaN/),
    })
    await write(1)
    expect(train('vectors')).toMatchObject({ status: 0, stderr: '' })
    const evaluate = () => prefkit(['reward', 'eval', 'few.jsonl', '--model', 'vectors', '--quiet', '--json'])
    expect(JSON.parse(evaluate().stdout).evaluation.accuracy.accuracy).toBe(1)
    await write(-1)
    expect(JSON.parse(evaluate().stdout).error.code).toBe('EMBEDDER_CHANGED')
    expect(prefkit(['reward', 'train', '--resume', 'vectors', '--quiet'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error: vectors began with vectors of precomputed:.* now: train anew\n$/,
      ),
    })
    expect(await readdir(folder)).not.toContain('holes')
  })
})

describe('embeddings of a server', () => {
  it('are asked for once, then kept; a server that is not there is named', async () => {
    let asked = 0
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (piece) => {
        body += piece
      })
      request.on('end', () => {
        const texts = JSON.parse(body).input as string[]
        asked += texts.length
        const data = texts.map((text, index) => ({
          index,
          embedding: [text.length, text.includes('good') ? 1 : 0],
        }))
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    const train = async (out: string) => {
      // Not spawnSync: this process answers the requests.
      const child = startPrefkit(folder, training(out, '--embedder', 'openai:tiny', '--base-url', url))
      const [status, stderr] = await new Promise<[number | null, string]>((resolve) => {
        let text = ''
        child.stderr!.on('data', (piece) => {
          text += piece
        })
        child.on('close', (code) => resolve([code, text]))
      })
      return { status, stderr }
    }
    expect(await train('served')).toEqual({ status: 0, stderr: '' })
    expect(asked).toBe(240)
    expect(await train('cached')).toEqual({ status: 0, stderr: '' })
    expect(asked).toBe(240)
    await new Promise((resolve) => server.close(resolve))
    await rm(join(folder, '.prefkit'), { recursive: true })
    const { status, stderr } = await train('refused')
    expect(status).toBe(1)
    expect(stderr).toContain(url)
    expect(await readdir(folder)).not.toContain('refused')
  })
})

describe('prefkit data', () => {
  it('inspects and converts', async () => {
    await writeFile(join(folder, 'twice.jsonl'), comparisonLines(3) + comparisonLines(1))
    const { stdout, status } = prefkit(['data', 'inspect', 'twice.jsonl'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/twice\.jsonl: 4 rows of jsonl, read as trl because .*\n4 comparisons\n/)
    expect(stdout).toContain(
      '1 comparison that repeat an earlier one (case and white space aside): twice.jsonl:4',
    )
    const json = JSON.parse(prefkit(['data', 'inspect', 'twice.jsonl', '--json']).stdout)
    expect(json).toMatchObject({
      report: { rows: 4 },
      inspection: { comparisons: 4, prompts: 2, duplicates: { count: 1 } },
    })
    const converted = prefkit([
      'data',
      'convert',
      'twice.jsonl',
      '--to',
      'openai-dpo',
      '--out',
      'dpo.jsonl.gz',
    ])
    expect(converted).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^reading {3}0 rows \| twice\.jsonl\nreading {3}4 rows .*\n$/),
      stdout: expect.stringContaining('wrote 4 rows as openai-dpo to dpo.jsonl.gz'),
    })
    expect(prefkit(['data', 'inspect', 'dpo.jsonl.gz']).stdout).toContain('read as openai-dpo because')
  })

  it('are not converted where the file cannot be made', () => {
    for (const out of ['pairs.jsonl/x.jsonl', '/proc/nowhere/x.jsonl']) {
      expect(prefkit(['data', 'convert', 'pairs.jsonl', '--to', 'trl', '--out', out])).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^error: \S+ could not be written: .*\n$/),
      })
    }
  })
})
