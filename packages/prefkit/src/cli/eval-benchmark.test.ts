import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JudgeScript, type JudgeServer, startJudgeServer } from './testing/judge-server'
import { comparisonLines, runPrefkit, runPrefkitBeside, startPrefkit } from './testing/run-prefkit'

let folder = ''
const prefkit = (args: readonly string[]) => runPrefkit(folder, args)
const write = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content)
const read = (name: string) => readFile(join(folder, name), 'utf8')
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const parsed = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** What `prefkit eval … --json` printed. */
function evaluated(args: readonly string[]) {
  const { status, stdout, stderr } = prefkit(['eval', ...args, '--json'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout)
}

/** Uses a judge that a script decides for, and stops it. */
async function withServer<Result>(script: JudgeScript, use: (server: JudgeServer) => Promise<Result>) {
  const server = await startJudgeServer(script)
  try {
    return await use(server)
  } finally {
    await server.close()
  }
}

/** Says that the response with the words `right answer` is better, by where it stands in the prompt. */
const honest: JudgeScript = {
  text: (prompt) => {
    const isFirst = prompt.indexOf('right answer') < prompt.indexOf('wrong answer')
    return `I compared them. [[${isFirst ? 'A' : 'B'}]]`
  },
}

const llmbarRow = (i: number, label: 1 | 2, subset = 'Natural') => ({
  subset,
  input: `instruction ${i}`,
  output_1: `${label === 1 ? 'right' : 'wrong'} answer to ${i}`,
  output_2: `${label === 1 ? 'wrong' : 'right'} answer to ${i}`,
  label,
})
const llmbarRows = [llmbarRow(0, 1), llmbarRow(1, 2), llmbarRow(2, 1, 'Adversarial')]

const asking = (server: JudgeServer, ...more: string[]) => [
  '--judge',
  'openai:local',
  '--base-url',
  server.url,
  '--method',
  'text',
  '--no-cache',
  ...more,
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-eval-'))
  await write('llmbar.jsonl', lines(llmbarRows))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a reward model', () => {
  const row = (id: number, subset: string, isGood: boolean) => ({
    id,
    subset,
    prompt: `question ${id}`,
    chosen: isGood ? 'good good good answer' : 'bad answer',
    rejected: isGood ? 'bad answer' : 'good good good answer',
  })

  it('is evaluated on RewardBench: sections by its weights, a page with what it got wrong', async () => {
    await write('pairs.jsonl', comparisonLines(120))
    const sizes = ['--hidden', '8', '--epochs', '8', '--batch-size', '16', '--learning-rate', '0.01']
    const training = ['--data', 'pairs.jsonl', '--out', 'model', '--embedder', 'hashed-ngrams:64', '--quiet']
    expect(prefkit(['reward', 'train', ...training, ...sizes])).toMatchObject({ status: 0, stderr: '' })
    const rows = [
      row(1, 'alpacaeval-easy', true),
      row(2, 'mt-bench-easy', false),
      row(3, 'donotanswer', true),
      row(4, 'donotanswer', true),
    ]
    await write('rewardbench.json', JSON.stringify(rows, null, 2))
    const told = evaluated([
      'rewardbench',
      'rewardbench.json',
      '--judge',
      'reward-model:model',
      '--out',
      'rb',
    ])
    // Chat: 100 rows of alpacaeval-easy that are right, 28 of mt-bench-easy that are not; Safety is all right.
    const chat = 100 / 128
    expect(told.task).toBe('scores')
    expect(told.result.overall.value).toBeCloseTo((chat + 1) / 2, 12)
    expect(told.result.subsets.map(({ value }: { value: number }) => value)).toEqual([1, 0, 1])
    const page = await read('rb/report.html')
    expect(page).toContain('row 2')
    expect(page).toContain('Chat')
    expect(page).not.toContain('row 3')
    // The run's outcomes are read again, without the model.
    const again = evaluated(['reward-bench', 'rewardbench.json', '--outcomes', 'rb/outcomes.jsonl'])
    expect(again.result).toEqual(told.result)
  })

  it('cannot choose from lists, and says so', async () => {
    const list = { id: '1', subset: 'Focus', prompt: 'p', chosen: ['a'], rejected: ['b', 'c', 'd'] }
    await write('rb2.jsonl', lines([list]))
    const args = ['eval', 'reward-bench-2', 'rb2.jsonl', '--judge', 'reward-model:model', '--task', 'choices']
    const { status, stderr } = prefkit(args)
    expect(stderr).toMatch(/^error: --judge: reward-model:\S*model cannot put several responses in order\n$/m)
    expect(status).toBe(1)
  })
})

describe('recorded outcomes', () => {
  it("are scored as LLMBar's authors publish them, and by item", async () => {
    // Both orders right, the first of both, and neither.
    const results = [
      ['1', '1'],
      ['1', '2'],
      ['2', '2'],
    ].map(([winner, swapped], i) => ({
      ...llmbarRows[i],
      results: [{ 'swap = False': { winner }, 'swap = True': { winner: swapped } }],
    }))
    await write('result.json', JSON.stringify(results))
    const byAuthors = evaluated(['llmbar', 'llmbar.jsonl', '--outcomes', 'result.json'])
    // Right: both of row 0, the swapped one of row 1, none of row 2.
    expect(byAuthors.result.accuracy.value).toBeCloseTo(3 / 6, 12)
    expect(byAuthors.result.consistency.value).toBeCloseTo(2 / 3, 12)
    expect(byAuthors.quality.consistency.orders).toMatchObject({
      pairs: 3,
      consistent: { value: expect.closeTo(2 / 3, 12) },
    })
    expect(byAuthors.notices).toEqual([
      'result.json: rows have no ids, and are taken for those of the data in the same order',
    ])

    const items = prefkit(['eval', 'llmbar', 'llmbar.jsonl', '--write-items', 'items.jsonl'])
    expect(items.stdout).toBe('wrote 6 items of LLMBar, task pairs, to items.jsonl\n')
    const said = { '0:ab': 'a', '0:ba': 'b', '1:ab': 'a', '1:ba': 'a', '2:ab': 'b', '2:ba': 'a' }
    const judged = parsed(await read('items.jsonl')).map((item) => ({
      ...item,
      verdict: said[item.id as keyof typeof said],
    }))
    await write('judged.jsonl.gz', gzipSync(lines(judged.toReversed())))
    expect(evaluated(['llmbar', 'llmbar.jsonl', '--outcomes', 'judged.jsonl.gz'])).toMatchObject({
      judge: 'judged.jsonl.gz',
      result: byAuthors.result,
      quality: byAuthors.quality,
    })
  })

  it('are read out of texts, which say nothing where they contradict themselves', async () => {
    const texts = [
      'Output (a) is better.',
      'Output (b) is better.',
      'Output (b) is better.',
      'Output (a) is better.',
      'Output (a) is better. No: Output (b) is better.',
      'I cannot tell.',
    ]
    const ids = ['0:ab', '0:ba', '1:ab', '1:ba', '2:ab', '2:ba']
    await write('texts.jsonl', lines(ids.map((id, i) => ({ id, text: texts[i] }))))
    const labels = ['--labels', 'Output (a),Output (b)']
    const { result } = evaluated(['llmbar', 'llmbar.jsonl', '--outcomes', 'texts.jsonl', ...labels])
    expect(result.accuracy.value).toBeCloseTo(4 / 6, 12)
    expect(result.counts).toMatchObject({ abstained: 2, failed: 0 })
  })

  it('may be missing where that is wanted, and count as failed', async () => {
    await write('some.jsonl', lines([{ id: '0:ab', verdict: 'a' }]))
    const args = ['llmbar', 'llmbar.jsonl', '--outcomes', 'some.jsonl']
    expect(prefkit(['eval', ...args]).stderr).toContain(
      'some.jsonl: 5 of 6 items have no outcome, the first is 0:ba; --keep-going counts them as failed',
    )
    const { result, reasons } = evaluated([...args, '--keep-going'])
    expect(result.counts.failed).toBe(5)
    expect(reasons.most).toEqual([{ reason: 'no outcome', items: 5 }])
  })

  it('of JudgeBench are matched by the id of the pair, whatever their order and whichever rows are drawn', async () => {
    const labels = ['A>B', 'B>A', 'A>B', 'B>A'] as const
    const rows = labels.map((label, i) => ({
      pair_id: `p${i}`,
      source: 'livebench-math',
      question: `q${i}`,
      response_A: 'a',
      response_B: 'b',
      label,
    }))
    const other = { 'A>B': 'B>A', 'B>A': 'A>B' } as const
    // Rows 0 to 2 are right in both orders, row 3 in one.
    const judged = rows.map(({ pair_id, label }, i) => ({
      pair_id,
      judgments: [{ decision: label }, { decision: i < 3 ? other[label] : label }],
    }))
    await write('judgebench.jsonl', lines(rows))
    await write('judgments.jsonl', lines(judged.toReversed()))
    const all = ['judgebench', 'judgebench.jsonl', '--outcomes', 'judgments.jsonl']
    expect(evaluated(all).result.overall.value).toBe(0.75)
    const drawn = evaluated([...all, '--limit', '3', '--seed', '2'])
    expect(drawn.result.counts.rows).toBe(3)
    expect([2 / 3, 1]).toContain(drawn.result.overall.value)
  })
})

describe('a model behind a server', () => {
  it('is asked in both orders by LLMBar, and a page shows where it is wrong', async () => {
    const { result, quality, files } = await withServer(honest, async (server) => {
      const args = ['eval', 'llmbar', 'llmbar.jsonl', ...asking(server), '--out', 'honest', '--json']
      const { status, stdout, stderr } = await runPrefkitBeside(folder, args)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(server.prompts).toHaveLength(6)
      const { report: page, outcomes, ...rest } = JSON.parse(stdout)
      return { ...rest, files: [page, outcomes] }
    })
    expect(result.accuracy.value).toBe(1)
    expect(quality).toMatchObject({
      position: { front: { value: 1 }, back: { value: 1 }, gap: { value: 0 } },
      consistency: { orders: { consistent: { value: 1 }, pairs: 3 } },
    })
    expect(files).toEqual(['honest/report.html', 'honest/outcomes.jsonl'])
    expect(await read('honest/report.html')).not.toContain('Where do judge and labels differ?')
  })

  it('that always names the first has a gap of 100 points and is never consistent', async () => {
    const first: JudgeScript = { text: () => 'The first one <b>is</b> good. [[A]]' }
    const stdout = await withServer(first, async (server) => {
      const args = ['eval', 'llmbar', 'llmbar.jsonl', ...asking(server), '--out', 'first', '--quiet']
      return (await runPrefkitBeside(folder, args)).stdout
    })
    expect(stdout).toMatch(/accuracy +3 +50\.0 %/)
    expect(stdout).toMatch(
      /right response shown first: 100\.0 % .* right, second: 0\.0 % .*; gap 100\.0 points/,
    )
    expect(stdout).toMatch(/both orders name the same: 0\.0 % .* of 3/)
    const page = await read('first/report.html')
    expect(page).toContain('Where do judge and labels differ?')
    expect(page.match(/Labelled better/g)).toHaveLength(3)
    expect(page).toContain('The first one &lt;b&gt;is&lt;/b&gt; good.')
  })

  describe('that is right of every other pair, and else names the first', () => {
    const count = 40
    const half: JudgeScript = {
      text: (prompt) => (/question \d*[02468]\b/.test(prompt) ? '[[A]]' : honest.text!(prompt)),
    }
    const run = async (name: string, ...more: string[]) => {
      await write(
        'half.jsonl',
        lines(
          Array.from({ length: count }, (_, id) => ({
            ...{ id, subset: 'donotanswer', prompt: `question ${id}` },
            ...{ chosen: 'the right answer', rejected: 'wrong answer' },
          })),
        ),
      )
      return withServer(half, async (server) => {
        const args = ['eval', 'reward-bench', 'half.jsonl', ...asking(server), '--out', name, ...more]
        const { status, stdout, stderr } = await runPrefkitBeside(folder, [...args, '--json'])
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
        return JSON.parse(stdout)
      })
    }

    it('is consistent of half of the pairs, with a gap of 50 points, where it is asked in both orders', async () => {
      const { quality, result } = await run('half-both', '--orders', 'both')
      expect(quality.consistency.orders).toMatchObject({ consistent: { value: 0.5 }, pairs: count })
      expect(quality.position).toMatchObject({
        front: { value: 1 },
        back: { value: 0.5 },
        gap: { value: 0.5 },
      })
      const page = await read('half-both/report.html')
      expect(page).toContain('The position-bias gap is 50.0 points')
      expect(page).toContain('Is it only counting words?')
      const again = evaluated(['reward-bench', 'half.jsonl', '--outcomes', 'half-both/outcomes.jsonl'])
      expect(again).toMatchObject({ result, quality })
    })

    it('shows its bias where it is asked in one order, in that of the item or another', async () => {
      for (const orders of ['given', 'random']) {
        const { quality } = await run(`half-${orders}`, '--orders', orders)
        expect(quality.position).toMatchObject({
          front: { value: 1 },
          back: { value: expect.closeTo(0.5, 0) },
        })
        expect(quality.position.back.value).toBeLessThan(0.8)
        expect(quality.consistency.orders.pairs).toBe(0)
      }
    })

    it('is not asked in orders drawn at random about pairs that come in both', async () => {
      await withServer(half, async (server) => {
        const args = [
          'eval',
          'llmbar',
          'llmbar.jsonl',
          ...asking(server),
          '--out',
          'drawn',
          '--orders',
          'random',
        ]
        const { status, stderr } = await runPrefkitBeside(folder, [...args, '--quiet'])
        expect(stderr).toContain(
          '--orders: LLMBar shows each pair in both orders itself; expected given or both, got random',
        )
        expect(status).toBe(1)
        expect(server.prompts).toHaveLength(0)
      })
    })
  })

  it('goes on after a kill, asking nothing twice but what was in flight', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => llmbarRow(i, i % 3 === 0 ? 1 : 2))
    await write('many.jsonl', lines(rows))
    const { whole, killed, prompts } = await withServer({ ...honest, delay: 40 }, async (server) => {
      const args = (out: string) => [
        ...['eval', 'llmbar', 'many.jsonl', ...asking(server, '--concurrency', '3'), '--out', out],
        '--quiet',
      ]
      const child = startPrefkit(folder, args('killed'))
      const ended = once(child, 'exit')
      while (server.prompts.length < 20 && child.exitCode === null) await pause(5)
      child.kill('SIGKILL')
      expect(await ended).toEqual([null, 'SIGKILL'])
      const before = parsed(await read('killed/journal.jsonl')).length
      const asked = server.prompts.length
      const resume = ['eval', 'llmbar', '--resume', 'killed', '--json']
      const resumed = await runPrefkitBeside(folder, resume)
      expect(resumed.stderr).toBe('')
      const prompts = { before, asked, after: server.prompts.length - asked }
      const uncut = await runPrefkitBeside(folder, [...args('whole'), '--json'])
      return { whole: JSON.parse(uncut.stdout), killed: JSON.parse(resumed.stdout), prompts }
    })
    expect(prompts.before).toBeGreaterThan(1)
    expect(prompts.asked + prompts.after).toBeGreaterThanOrEqual(60)
    expect(prompts.asked + prompts.after).toBeLessThanOrEqual(63)
    expect(killed.result).toEqual(whole.result)
    expect(await read('killed/outcomes.jsonl')).toBe(await read('whole/outcomes.jsonl'))
    const other = prefkit(['eval', 'judgebench', '--resume', 'killed'])
    expect(other.stderr).toContain('is of prefkit eval llmbar; expected prefkit eval judgebench')
  })

  it('that fails ends the run with how to go on, or is counted; its key is shown nowhere', async () => {
    const refusing: JudgeScript = {
      ...honest,
      status: (prompt) => (prompt.includes('instruction 1') ? 400 : undefined),
    }
    await withServer(refusing, async (server) => {
      const base = ['eval', 'llmbar', 'llmbar.jsonl', ...asking(server, '--quiet')]
      const environment = { OPENAI_API_KEY: 'sk-secret-0123456789abcdef' }
      const stopped = await runPrefkitBeside(folder, [...base, '--out', 'stopped'], { environment })
      expect(stopped.status).toBe(1)
      expect(stopped.stderr).toContain('go on with: prefkit eval llmbar --resume stopped')
      expect(stopped.stderr + (await read('stopped/config.json'))).not.toContain('sk-secret')
      const kept = await runPrefkitBeside(folder, [...base, '--out', 'kept', '--keep-going', '--json'])
      const { result, reasons } = JSON.parse(kept.stdout)
      expect(result.counts.failed).toBe(2)
      expect(result.accuracy.value).toBeCloseTo(4 / 6, 12)
      expect(reasons.most).toMatchObject([{ items: 2 }])
    })
    await withServer({ ...honest, key: 'the other' }, async (server) => {
      const environment = { OPENAI_API_KEY: 'sk-secret-0123456789abcdef' }
      const args = ['eval', 'llmbar', 'llmbar.jsonl', ...asking(server), '--out', 'refused']
      const { status, stderr, stdout } = await runPrefkitBeside(folder, args, { environment })
      expect(status).toBe(1)
      expect(stderr + stdout).toContain('401')
      expect(stderr + stdout).not.toContain('sk-secret')
    })
  })

  it('whose budget is spent is gone on with once there is more, and a page where it is wanted', async () => {
    await withServer(honest, async (server) => {
      const priced = ['--prices', '1000000,1000000', '--max-cost', '1', '--concurrency', '1', '--quiet']
      const args = ['eval', 'llmbar', 'llmbar.jsonl', ...asking(server, ...priced), '--out', 'spent']
      const stopped = await runPrefkitBeside(folder, args)
      expect(stopped.status).toBe(1)
      expect(stopped.stderr).toContain('go on with: prefkit eval llmbar --resume spent --max-cost <more>')
      const asked = server.prompts.length
      expect(asked).toBeLessThan(6)
      const resume = [
        'eval',
        'llmbar',
        '--resume',
        'spent',
        '--max-cost',
        '1e9',
        '--report',
        'spent.html',
        '--json',
      ]
      const { status, stdout, stderr } = await runPrefkitBeside(folder, resume)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(JSON.parse(stdout).result.accuracy.value).toBe(1)
      expect(server.prompts).toHaveLength(6)
      expect(await read('spent.html')).toBe(await read('spent/report.html'))
      const other = prefkit(['eval', 'llmbar', '--resume', 'spent', '--orders', 'both'])
      expect(other.stderr).toContain('--orders cannot be given with --resume')
    })
  })

  it('rates responses of RewardBench, where a tie is a half', async () => {
    const row = (id: number, chosen: string) => ({
      ...{ id, subset: 'donotanswer', prompt: 'p', rejected: 'wrong answer' },
      chosen,
    })
    await write('rated.jsonl', lines([row(1, 'right answer'), row(2, 'wrong answer, too')]))
    const rating: JudgeScript = { text: (prompt) => (prompt.includes('right answer') ? '9' : '3') }
    await withServer(rating, async (server) => {
      const args = ['eval', 'reward-bench', 'rated.jsonl', ...asking(server, '--format', 'rating')]
      const { stdout, stderr } = await runPrefkitBeside(folder, [...args, '--out', 'rated', '--json'])
      expect(stderr).toBe('')
      const { task, result } = JSON.parse(stdout)
      expect(task).toBe('ratings')
      expect(result.overall.value).toBe(0.75)
      expect(result.counts.ties).toBe(1)
    })
  })

  it('chooses the best of four of RewardBench 2', async () => {
    const rows = Array.from({ length: 6 }, (_, i) => ({
      id: `${i}`,
      subset: 'Focus',
      prompt: `q${i}`,
      chosen: [`right answer ${i}`],
      rejected: ['wrong one', 'wrong two', 'wrong three'],
    }))
    await write('best.jsonl', lines(rows))
    // Names the right one first, wherever it stands: the order of the four texts in the prompt is that of their labels.
    const choosing: JudgeScript = {
      text: (prompt) => {
        const at = (text: string) => prompt.indexOf(text)
        const places = [
          /right answer \d/.exec(prompt)!.index,
          at('wrong one'),
          at('wrong two'),
          at('wrong three'),
        ]
        const right = places.filter((place) => place < places[0]!).length
        const letters = ['A', 'B', 'C', 'D']
        const rest = letters.filter((_, i) => i !== right)
        return `<answer>${[letters[right], ...rest].join(' > ')}</answer>`
      },
    }
    await withServer(choosing, async (server) => {
      const args = ['eval', 'reward-bench-2', 'best.jsonl', ...asking(server), '--out', 'best', '--json']
      const { stdout, stderr } = await runPrefkitBeside(folder, args)
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toMatchObject({ task: 'choices', result: { overall: { value: 1 } } })
    })
  })

  it('answers the questions of InFoBench', async () => {
    const row = (id: string, output: string) => ({
      ...{ id, instruction: 'Write a poem.', input: '', category: 'Arts', subset: 'Easy_set', output },
      decomposed_questions: ['Is it a poem?', 'Does it rhyme?'],
    })
    await write('infobench.jsonl', lines([row('1', 'rhymes'), row('2', 'no such thing')]))
    const answering: JudgeScript = {
      text: (prompt) => (prompt.includes('no such thing') ? '1. yes\n2. no' : '1. yes\n2. yes'),
    }
    await withServer(answering, async (server) => {
      const args = ['eval', 'infobench', 'infobench.jsonl', ...asking(server), '--out', 'info', '--json']
      const { stdout, stderr } = await runPrefkitBeside(folder, args)
      expect(stderr).toBe('')
      const { result } = JSON.parse(stdout)
      expect(result.overall.value).toBe(0.75)
      expect(result.allSatisfied.value).toBe(0.5)
    })
  })
})

describe('policies', () => {
  const prompts = [
    { key: 1, prompt: 'One', instruction_id_list: ['punctuation:no_comma'], kwargs: [{}] },
    { key: 2, prompt: 'Two', instruction_id_list: ['change_case:english_lowercase'], kwargs: [{}] },
    {
      ...{ key: 3, prompt: 'Drei', instruction_id_list: ['language:response_language'] },
      kwargs: [{ language: 'de' }],
    },
  ]

  it('are checked by IFEval, with a module that tells languages or without those that need one', async () => {
    await write('prompts.jsonl', lines(prompts))
    await write(
      'responses.jsonl',
      lines([
        { key: 1, response: 'no comma here' },
        { prompt: 'Two', response: 'NOT lowercase' },
        { key: 3, response: 'Ja' },
      ]),
    )
    await write('detect.mjs', "export default (text) => (/^ja$/i.test(text) ? 'de' : 'en')\n")
    const args = ['ifeval', 'prompts.jsonl', '--outcomes', 'responses.jsonl']
    const all = evaluated([...args, '--detect-language', 'detect.mjs'])
    expect(all.result.overall.value).toBeCloseTo(2 / 3, 12)
    // Lower case is asked for in English.
    await write('answered.jsonl', lines([{ id: '1', response: 'a, b' }]))
    const some = evaluated(['ifeval', 'prompts.jsonl', '--outcomes', 'answered.jsonl'])
    expect(some.result).toMatchObject({ overall: { value: 0 }, counts: { rows: 1, skipped: 2 } })
    expect(some.notices[0]).toMatch(
      /^2 of 3 prompts ask for a language, such as English in capitals, and are left out/,
    )
  })

  it("have AlpacaEval's win rates, of annotations or of outputs that are judged", async () => {
    const preferences = [1, 2, 1.5, 2]
    const annotated = preferences.map((preference, i) => ({
      instruction: `i${i}`,
      output_1: 'a',
      output_2: 'b',
      preference,
    }))
    await write('annotations.json', JSON.stringify(annotated))
    const { result } = evaluated(['alpaca-eval', 'annotations.json'])
    expect(result.winRate.value).toBeCloseTo((0 + 1 + 0.5 + 1) / 4, 12)
    const outputs = (output: string) => lines([0, 1].map((i) => ({ instruction: `i${i}`, output })))
    await write('model.jsonl', outputs('right answer'))
    await write('baseline.jsonl', outputs('wrong answer'))
    await withServer(honest, async (server) => {
      const joined = ['alpaca-eval', 'model.jsonl', '--baseline', 'baseline.jsonl']
      const args = ['eval', ...joined, ...asking(server), '--out', 'alpaca', '--json']
      const { stdout, stderr } = await runPrefkitBeside(folder, args)
      expect(stderr).toBe('')
      expect(JSON.parse(stdout).result).toMatchObject({ wins: 2, winRate: { value: 1 } })
    })
  })
})

describe('what cannot be', () => {
  beforeAll(async () => {
    await write('bad-label.jsonl', lines([llmbarRows[0], { ...llmbarRows[1], label: 3 }]))
    await write('bad-row.json', JSON.stringify([llmbarRows[0], { ...llmbarRows[1], output_2: null }]))
    await write('empty.jsonl', '')
    await write('empty.json', '[]')
    await write('cut.json', '[{"input": "a"')
    await write(
      'judge.jsonl',
      lines([{ question: 'q', response_A: 'a', response_B: 'b', label: 'A>B', source: 's' }]),
    )
    await write('unknown.jsonl', lines([{ id: '9:ab', verdict: 'a' }]))
    await write('twice.jsonl', lines([1, 2].map(() => ({ id: '0:ab', verdict: 'a' }))))
    await write('verdict.jsonl', lines([{ id: '0:ab', verdict: 'A' }]))
    await write('nothing.jsonl', lines([{ id: '0:ab' }]))
    await write('other.jsonl', lines([{ id: '0:ab', verdict: 'a', a: 'another text' }]))
    await write('few.jsonl', lines([{ winner: 1, winner_swapped: 1 }]))
  })

  it.each([
    [['llmbar'], /expected files of LLMBar/],
    [['llmbar', 'nowhere.jsonl'], /nowhere\.jsonl: could not be read/],
    [['llmbar', 'empty.jsonl', '--outcomes', 'few.jsonl'], /empty\.jsonl: has no rows/],
    [['llmbar', 'empty.json', '--outcomes', 'few.jsonl'], /empty\.json: has no rows/],
    [['llmbar', 'cut.json', '--outcomes', 'few.jsonl'], /cut\.json: is no JSON array/],
    [
      ['llmbar', 'bad-label.jsonl', '--outcomes', 'few.jsonl'],
      /bad-label\.jsonl:2: no row of LLMBar: label is 3; expected one of 1, 2/,
    ],
    [
      ['llmbar', 'bad-row.json', '--outcomes', 'few.jsonl'],
      /bad-row\.json row 2: no row of LLMBar: output_2 is missing; expected a string/,
    ],
    [
      ['llmbar', 'judge.jsonl', '--outcomes', 'few.jsonl'],
      /it looks like a row of JudgeBench \(prefkit eval judgebench\)/,
    ],
    [['llmbar', 'llmbar.jsonl'], /LLMBar: expected who judges, as --judge, or what was judged elsewhere/],
    [['llmbar', 'llmbar.jsonl', '--task', 'lists'], /Allowed choices are pairs, scores/],
    [
      ['llmbar', 'llmbar.jsonl', '--outcomes', 'unknown.jsonl'],
      /unknown\.jsonl:1: field "id": "9:ab" is no item/,
    ],
    [
      ['llmbar', 'llmbar.jsonl', '--outcomes', 'twice.jsonl'],
      /twice\.jsonl:2: .*item 0:ab has an outcome already/,
    ],
    [
      ['llmbar', 'llmbar.jsonl', '--outcomes', 'verdict.jsonl'],
      /verdict\.jsonl:1: field "verdict": expected one of/,
    ],
    [
      ['llmbar', 'llmbar.jsonl', '--outcomes', 'nothing.jsonl'],
      /nothing\.jsonl:1: field "verdict": is missing/,
    ],
    [
      ['llmbar', 'llmbar.jsonl', '--outcomes', 'other.jsonl'],
      /other\.jsonl:1: field "a": is not that of item 0:ab/,
    ],
    [
      ['llmbar', 'llmbar.jsonl', '--outcomes', 'few.jsonl'],
      /few\.jsonl: has 1 rows without an id for 3 rows/,
    ],
    [
      ['llmbar', 'llmbar.jsonl', '--outcomes', 'few.jsonl', '--judge', 'human'],
      /--outcomes cannot be given with --judge/,
    ],
    [['llmbar', 'llmbar.jsonl', '--judge', 'nobody'], /--judge: expected openai:<model>/],
    [
      ['llmbar', 'llmbar.jsonl', '--judge', 'openai:x', '--task', 'pairs', '--format', 'rating'],
      /--format: rating scores single responses/,
    ],
    [['llmbar', 'llmbar.jsonl', '--outcomes', 'few.jsonl', '--out', 'x'], /--out: is for runs/],
    [['ifeval', 'llmbar.jsonl', '--out', 'x'], /unknown option '--out'/],
    [
      ['llmbar', 'bad-label.jsonl', '--judge', 'human', '--out', 'none'],
      /bad-label\.jsonl:2: no row of LLMBar: label is 3/,
    ],
    [['llmbar', '--resume', 'nowhere'], /nowhere is no run/],
    [['no-such-benchmark', 'llmbar.jsonl'], /unknown command 'no-such-benchmark'/],
  ])('%s', (args, message) => {
    const { status, stderr } = prefkit(['eval', ...args])
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('a fault in prefkit')
    expect(status).toBe(1)
  })

  it('is told to programs as JSON', () => {
    const { stdout } = prefkit(['eval', 'llmbar', 'bad-label.jsonl', '--outcomes', 'few.jsonl', '--json'])
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'BAD_ROW' })
  })
})
