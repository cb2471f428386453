import { once } from 'node:events'
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { saveStoriesChat, storiesPath, storiesTemplate } from '../lm/testing/stories'
import { createProgram } from './program'
import { runPrefkit, startPrefkit } from './testing/run-prefkit'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-lm-'))
  await writeFile(join(folder, 'template.jinja'), storiesTemplate)
})
afterAll(() => rm(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const read = (name: string) => readFile(at(name), 'utf8')
const linesOf = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const rowsOf = (content: string) =>
  content
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Runs a command in this process: what it prints, or what it throws. */
async function run(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((piece) => {
      written[name] += piece
      return true
    }),
  )
  try {
    await createProgram().parseAsync(['lm', ...args], { from: 'user' })
    return written
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

const short = ['--max-new-tokens', '12', '--seed', '3']

describe('every command', () => {
  it('says what it takes, with examples', () => {
    const lm = createProgram().commands.find((command) => command.name() === 'lm')!
    const names = lm.commands.map((command) => command.name())
    expect(names).toEqual(expect.arrayContaining(['generate', 'logprobs', 'sft', 'merge', 'chat', 'info']))
    for (const command of lm.commands) {
      let shown = ''
      command.configureOutput({ writeOut: (piece) => (shown += piece) }).outputHelp()
      expect(shown).toContain(`\nExamples:\n  $ prefkit lm ${command.name()}`)
    }
  })

  it.each([
    [['generate', 'nowhere', '--prompt', 'a'], /nowhere: no such file/],
    [
      ['generate', 'owner/a-model', '--prompt', 'a'],
      /^owner\/a-model: no such directory, and nothing is downloaded; .*: hf download owner\/a-model --local-dir a-model$/,
    ],
    [['generate', storiesPath], /expected --prompt <text> or --prompts <files/],
    [['generate', storiesPath, '--prompt', ''], /--prompt: expected text/],
    [
      ['generate', storiesPath, '--prompt', 'a', '--chat'],
      /--prompt 1: .*no chat template, .*: give one by --chat-template <file>$/,
    ],
    [['generate', storiesPath, '--prompt', 'a', '--system', 'b'], /--prompt 1: --system: .*add --chat/],
    [['generate', storiesPath, '--prompt', 'a', '--chat', '--raw'], /--chat and --raw: expected one/],
    [['generate', storiesPath, '--prompt', 'a '.repeat(600)], /--prompt 1: the prompt has \d+ tokens.*512/],
    [['generate', storiesPath, '--prompts', 'empty.jsonl'], /empty\.jsonl: has no rows/],
    [['generate', storiesPath, '--prompts', 'bad.jsonl'], /bad\.jsonl:2: expected a prompt/],
    [['generate', storiesPath, '--prompts', 'broken.jsonl'], /broken\.jsonl:1: /],
    [['logprobs', storiesPath, '--data', 'bad.jsonl'], /bad\.jsonl:1: expected prompt and completion/],
    [['logprobs', storiesPath, '--data', 'chat.jsonl'], /chat\.jsonl:1: .*no chat template/],
    [['logprobs', storiesPath, '--data', 'long.jsonl'], /long\.jsonl:1: .* tokens, the context has 512/],
    [['chat', storiesPath], /no chat template; give one by --chat-template/],
    [['info', storiesPath, '--template'], /no chat template/],
    [['sft', storiesPath], /expected <model> and --data/],
    [['sft', storiesPath, '--data', 'bad.jsonl'], /bad\.jsonl:1: expected prompt and completion/],
    [['sft', storiesPath, '--data', 'chat.jsonl'], /chat\.jsonl:1: .*no chat template/],
    [
      ['sft', storiesPath, '--data', 'text.jsonl', '--full', '--lora-rank', '4'],
      /--lora-rank cannot be given with --full/,
    ],
    [
      ['sft', storiesPath, '--data', 'text.jsonl', '--lora-targets', 'w_q'],
      /no linear map "w_q"; it has .*q_proj/,
    ],
    [
      ['sft', storiesPath, '--data', 'text.jsonl', '--lora-rank', '33'],
      /--lora-rank: expected at most 32, as .*k_proj maps 64 numbers to 32, got 33/,
    ],
    [
      ['sft', storiesPath, '--data', 'text.jsonl', '--micro-batch-tokens', '2'],
      /--micro-batch-tokens: expected at least 3, the tokens of .*text\.jsonl:1, got 2/,
    ],
    [['sft', '--resume', 'nowhere', '--epochs', '2'], /--epochs cannot be given with --resume/],
    [['merge', storiesPath, 'nowhere', '--out', 'merged'], /nowhere: expected adapter_config\.json/],
  ])('refuses %j', async (args, message) => {
    await writeFile(at('empty.jsonl'), '')
    await writeFile(at('bad.jsonl'), linesOf([{ prompt: 'a' }, { question: 'a' }]))
    await writeFile(at('broken.jsonl'), '{"prompt": \n')
    await writeFile(at('chat.jsonl'), linesOf([{ messages: [{ role: 'assistant', content: 'a' }] }]))
    await writeFile(at('long.jsonl'), linesOf([{ text: 'a '.repeat(600) }]))
    await writeFile(at('text.jsonl'), linesOf([{ text: 'a' }]))
    const inFolder = args.map((each) => (each.endsWith('.jsonl') || each === 'merged' ? at(each) : each))
    const out = args[0] === 'sft' && !args.includes('--resume') ? ['--out', at('refused')] : []
    await expect(run([...inFolder, ...out])).rejects.toThrow(message)
    expect(await readdir(folder)).not.toContain('refused')
  })
})

it.each([
  ['--top-p', '0', 'a number above 0 and up to 1'],
  ['--top-p', '2', 'a number above 0 and up to 1'],
  ['--temperature', '-1', 'a number of at least 0'],
  ['--temperature', 'Infinity', 'a number of at least 0'],
  ['--top-k', '1.5', 'a whole number of at least 0'],
  ['--min-p', '2', 'a number from 0 to 1'],
  ['--repetition-penalty', '0', 'a number above 0'],
  ['--seed', '1.5', 'a whole number'],
  ['--stop', '', 'text'],
  ['--backend', 'cuda', 'auto, native, .* or reference'],
  ['--lora-dropout', '1', 'a number of at least 0 and less than 1'],
  ['--learning-rate', '0', 'a number above 0'],
  ['--learning-rate', 'Infinity', 'a number above 0'],
  ['--max-length', '1', 'a whole number of at least 2'],
])('%s %j is refused by its own name, before the model is looked for', async (name, value, expected) => {
  const isTraining = /lora|learning|length/.test(name)
  const args = isTraining ? ['sft', 'nowhere', '--data', 'a.jsonl'] : ['generate', 'nowhere', '--prompt', 'a']
  const message = new RegExp(`option '${name} <.*' argument '${value}' is invalid\\. expected ${expected}`)
  await expect(run([...args, name, value])).rejects.toThrow(message)
})

it('takes a tokeniser and a chat template of files, for models that have none', async () => {
  await cp(storiesPath, at('bare.bin'))
  const args = ['generate', at('bare.bin'), '--prompt', 'Lily', '--quiet', ...short]
  await expect(run(args)).rejects.toThrow(
    /bare\.bin: it has no tokeniser: expected tok<number of tokens>\.bin .* beside it, or --tokenizer <file>$/,
  )
  const tokenizer = ['--tokenizer', join(storiesPath, '../tok512.bin')]
  const plain = await run(['generate', storiesPath, ...args.slice(2)])
  expect(await run([...args, ...tokenizer])).toEqual(plain)
  const model = await saveStoriesChat(at('with-template'))
  const template = ['--chat', '--chat-template', at('template.jinja')]
  expect(await run([...args, ...tokenizer, ...template])).toEqual(
    await run(['generate', model, ...args.slice(2), '--chat']),
  )

  await writeFile(at('one.jsonl'), linesOf([{ messages: [{ role: 'assistant', content: 'I am Lily.' }] }]))
  const data = ['--data', at('one.jsonl'), '--full', ...tokenizer, '--chat-template', at('template.jinja')]
  await run(['sft', at('bare.bin'), ...data, '--out', at('templated'), '--quiet'])
  expect((await run(['info', at('templated/model'), '--template'])).stdout).toBe(`${storiesTemplate}\n`)
})

describe('generate', () => {
  it('streams text, the same for the same seed', async () => {
    const args = ['generate', storiesPath, '--prompt', 'Once upon a time', '--temperature', '1']
    const first = await run([...args, ...short])
    expect(first.stdout.length).toBeGreaterThan(10)
    expect(await run([...args, ...short])).toEqual(first)
    expect((await run([...args, '--max-new-tokens', '12', '--seed', '4'])).stdout).not.toBe(first.stdout)
  })

  it('continues as the model does, and stops at texts', async () => {
    const args = ['generate', storiesPath, '--prompt', 'Once upon a time', '--max-new-tokens', '40']
    const { stdout } = await run(args)
    // What transformers and llama2.c continue greedily.
    expect(stdout).toMatch(/^, there was a little girl named Lily\. She loved to play outside/)
    expect((await run([...args, '--stop', ' girl'])).stdout).toBe(', there was a little\n')
  })

  it('answers conversations with a template, and says where one goes unused', async () => {
    const model = await saveStoriesChat(at('chat-model'))
    const row = { id: 'x', messages: [{ role: 'user', content: 'Hi' }] }
    await writeFile(at('messages.jsonl'), linesOf([row]))
    const { stdout, stderr } = await run([
      ...[
        'generate',
        model,
        '--prompts',
        at('messages.jsonl'),
        '--samples',
        '2',
        '--json',
        '--temperature',
        '1',
      ],
      ...short,
    ])
    expect(stderr).toBe('')
    const [answered] = rowsOf(stdout)
    expect(answered).toMatchObject({ ...row, prompt: row.messages, finish_reasons: ['length', 'length'] })
    expect(new Set(answered.responses).size).toBe(2)
    const plain = await run(['generate', model, '--prompt', 'Hi', ...short])
    expect(plain.stderr).toMatch(/^note: the model has a chat template/)
    const chat = await run(['generate', model, '--prompt', 'Hi', '--chat', ...short])
    expect(chat.stderr).toBe('')
    expect(chat.stdout).not.toBe(plain.stdout)
  })

  it('goes on after a kill with the rows that there would have been', async () => {
    const prompts = Array.from({ length: 24 }, (_, id) => ({
      id,
      prompt: ['Lily', 'The dog', 'One day'][id % 3]!,
    }))
    await writeFile(at('prompts.jsonl'), linesOf(prompts))
    const args = (out: string) => [
      ...['lm', 'generate', storiesPath, '--prompts', 'prompts.jsonl', '--out', out, '--json'],
      ...['--temperature', '1', '--max-new-tokens', '60', '--batch-size', '4', '--seed', '5'],
    ]
    const whole = runPrefkit(folder, args('whole.jsonl'))
    expect(whole.stderr).toBe('')
    expect(JSON.parse(whole.stdout)).toMatchObject({ prompts: 24, responses: 24 })
    const rows = rowsOf(await read('whole.jsonl'))
    expect(rows.map(({ id }) => id)).toEqual(prompts.map(({ id }) => id))

    const child = startPrefkit(folder, args('killed.jsonl'))
    const part = async () => (await read('killed.jsonl').catch(() => '')).split('\n').length - 1
    while ((await part()) < 4) await new Promise((resolve) => setTimeout(resolve, 5))
    child.kill('SIGKILL')
    await once(child, 'exit')
    const kept = await part()
    expect(kept).toBeLessThan(24)
    // A kill may come within a line.
    await appendFile(at('killed.jsonl'), '{"id":')
    const other = runPrefkit(folder, [...args('killed.jsonl'), '--top-k', '5'])
    expect(other.stderr).toMatch(/killed\.jsonl was begun with sampling .* give the same to go on/)
    const resumed = runPrefkit(folder, args('killed.jsonl'))
    expect(resumed).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(resumed.stdout).tokens).toBeLessThan(JSON.parse(whole.stdout).tokens)
    expect(await read('killed.jsonl')).toBe(await read('whole.jsonl'))
    expect((await readdir(folder)).filter((name) => name.endsWith('.run'))).toEqual([])
    const again = runPrefkit(folder, args('killed.jsonl'))
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('is there already') })
  })
})

describe('logprobs', () => {
  it('are of each token, and add up', async () => {
    const rows = [
      { id: 1, prompt: 'Once upon a', completion: ' time' },
      { id: 2, text: 'Once upon a time' },
    ]
    await writeFile(at('texts.jsonl'), linesOf(rows))
    const args = ['logprobs', storiesPath, '--data', at('texts.jsonl')]
    const { stdout, stderr } = await run(args)
    const [split, whole] = rowsOf(stdout)
    expect(split).toMatchObject({ id: 1, prompt: 'Once upon a', tokens: ['▁time'] })
    // The same token after the same tokens, in a batch of two.
    expect(whole.logprobs.at(-1)).toBeCloseTo(split.logprob, 5)
    expect(whole.logprob).toBeCloseTo(
      whole.logprobs.reduce((a: number, b: number) => a + b),
      12,
    )
    const mean = (split.logprob + whole.logprob) / (1 + whole.logprobs.length)
    expect(stderr).toContain(`perplexity ${Math.exp(-mean).toPrecision(5)}\n`)

    const summary = JSON.parse((await run([...args, '--out', at('scored.jsonl'), '--json'])).stdout)
    expect(summary.mean_logprob).toBeCloseTo(mean, 12)
    expect(await read('scored.jsonl')).toBe(stdout)
  })
})

describe('chat', () => {
  const args = ['lm', 'chat', storiesPath, '--chat-template', 'template.jinja', '--system', 'Tell.', ...short]

  it('takes a line a turn where there is no terminal', async () => {
    const input =
      'Who is Lily?\n\n/nonsense\n/save talk.jsonl\n/reset\nWho is Tom?\n/save talk.jsonl\n/system\n/save talk.jsonl\n/exit\nnever\n'
    const { status, stdout, stderr } = runPrefkit(folder, args, input)
    expect(status).toBe(0)
    expect(stderr).toMatch(/^\/nonsense: no such command; there are \/reset, /)
    const [first, second, third] = rowsOf(await read('talk.jsonl'))
    expect(first.messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'user', 'assistant'])
    expect(second.messages).toHaveLength(3)
    expect(second.messages[1]).toEqual({ role: 'user', content: 'Who is Tom?' })
    expect(third.messages).toEqual([])
    expect(stdout).toBe(`${first.messages[2].content}\n${second.messages[2].content}\n`)
  })

  it('stops the answer, not the program, at Ctrl-C', async () => {
    const child = startPrefkit(folder, [...args, '--max-new-tokens', '400'], 'pipe')
    child.stdin!.write('Who is Lily?\n')
    let shown = ''
    child.stdout!.on('data', (piece) => {
      if (shown === '') child.kill('SIGINT')
      shown += piece
      if (String(piece).endsWith('…\n')) child.stdin!.end('/save stopped.jsonl\n')
    })
    const stderr = text(child.stderr!)
    const [status] = await once(child, 'exit')
    expect(status).toBe(0)
    expect(await stderr).toContain('3 messages added to stopped.jsonl')
    const [{ messages }] = rowsOf(await read('stopped.jsonl'))
    expect(shown).toBe(`${messages[2].content} …\n`)
  })
})

describe('sft', () => {
  const texts = Array.from({ length: 32 }, (_, i) => ({
    prompt: 'Lily said:',
    completion: ` I like ${['cake', 'Tom', 'the park', 'toys'][i % 4]}.`,
  }))
  const settings = [
    '--epochs',
    '5',
    '--batch-size',
    '4',
    '--learning-rate',
    '0.01',
    '--checkpoint-seconds',
    '0',
  ]
  const dataOf = (name: string) => ['--data', name, ...settings]
  beforeAll(async () => {
    await writeFile(at('train.jsonl'), linesOf(texts))
    await writeFile(at('held.jsonl'), linesOf(texts.slice(0, 4)))
  })
  const metricsOf = async (name: string) => rowsOf(await read(`${name}/metrics.jsonl`))

  it('trains an adapter, which generates, scores and is merged', async () => {
    const { stdout } = await run([
      ...['sft', storiesPath, ...dataOf(at('train.jsonl')), '--validation', at('held.jsonl')],
      ...['--out', at('adapter'), '--lora-rank', '4', '--json'],
    ])
    const result = JSON.parse(stdout)
    const records = await metricsOf('adapter')
    await expect(run(['generate', at('adapter'), '--prompt', 'a'])).rejects.toThrow(
      /adapter: is a run that trained an adapter; expected its model, with --adapter /,
    )
    await expect(run(['info', at('adapter/model')])).rejects.toThrow(/is an adapter; expected its model/)
    expect(result).toMatchObject({ kind: 'adapter', rows: 32, validation_rows: 4, steps: 40 })
    expect(records.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(records[0].loss).toBeGreaterThan(2 * result.loss)
    const held = records.flatMap(({ epoch, eval_loss }) => (eval_loss === undefined ? [] : [epoch]))
    expect(held).toEqual([1, 2, 3, 4, 5])
    expect(await read('adapter/report.html')).toMatch(/How did it learn\?[\s\S]*held-out rows/)

    const merge = ['merge', storiesPath, at('adapter'), '--out', at('merged')]
    expect((await run(merge)).stdout).toContain('merged 35 changes of rank 4')
    await expect(run(merge)).rejects.toThrow(/merged is there already, and not empty/)
    const scored = async (args: readonly string[]) =>
      rowsOf((await run(['logprobs', ...args, '--data', at('held.jsonl'), '--quiet'])).stdout)
    const beside = await scored([storiesPath, '--adapter', at('adapter')])
    const within = await scored([at('merged')])
    // W + s·B·A as one product or as two, in f32.
    for (const [row, { logprob }] of beside.entries()) expect(within[row].logprob).toBeCloseTo(logprob, 4)
    const tokens = beside.reduce((sum, { logprobs }) => sum + logprobs.length, 0)
    const mean = -beside.reduce((sum, { logprob }) => sum + logprob, 0) / tokens
    const [before] = await scored([storiesPath])
    expect(mean).toBeLessThan(-before.logprob / before.logprobs.length)
  })

  it('warns of a loss that rises, and keeps what led to one that is no number', async () => {
    const args = (rate: string, out: string) => [
      ...['sft', storiesPath, '--data', at('train.jsonl'), '--full', '--batch-size', '8', '--epochs', '2'],
      ...['--learning-rate', rate, '--checkpoint-seconds', '0', '--out', at(out), '--quiet'],
    ]
    const { stdout, stderr } = await run(args('3', 'risen'))
    expect(stderr).toMatch(
      /^warning: the loss has risen from .*: the training diverges, .*--learning-rate.*\n$/,
    )
    expect(stdout).toMatch(/\nwarning: the loss has risen/)
    await expect(run(args('1e10', 'nan'))).rejects.toThrow(
      /a --learning-rate below 1\d* may help; the steps before it are in .*nan$/,
    )
    expect((await metricsOf('nan')).length).toBeGreaterThan(0)
    expect(await readdir(at('nan/checkpoints'))).toHaveLength(1)
  })

  it('goes on after a kill and after Ctrl-C to the same numbers and the same model', async () => {
    const schedule = ['--full', '--schedule', 'cosine', '--warmup-ratio', '0.1']
    const model = ['lm', 'sft', storiesPath, ...dataOf('train.jsonl'), ...schedule, '--json', '--quiet']
    const whole = await run([
      ...model.slice(1, 3),
      ...dataOf(at('train.jsonl')),
      ...schedule,
      '--out',
      at('whole'),
    ])
    const rates = (await metricsOf('whole')).map(({ learning_rate }) => learning_rate)
    // 40 steps, the first 4 of which rise; then half a cosine over 36.
    expect(rates[0]).toBe(0)
    expect(rates[2]).toBeCloseTo(0.005, 14)
    expect(Math.max(...rates)).toBe(rates[4])
    expect(rates[22]).toBeCloseTo(0.005, 14)
    expect(rates[39]).toBeCloseTo(0.005 * (1 + Math.cos((35 / 36) * Math.PI)), 14)
    const { config } = JSON.parse(await read('whole/config.json'))
    expect(config).toMatchObject({ learningRate: 0.01, schedule: 'cosine', warmupRatio: 0.1 })
    expect(whole.stdout).toContain('trained 260,032 parameters on 32 rows: 40 steps')
    await expect(run(['merge', storiesPath, at('whole'), '--out', at('none')])).rejects.toThrow(
      /whole: is a run that trained all parameters \(--full\): .*nothing to merge; its model is .*whole\/model$/,
    )
    await expect(run(['info', at('whole')])).rejects.toThrow(/whole: is a run; its model is .*whole\/model$/)
    const stopAt = async (args: readonly string[], records: number, signal: NodeJS.Signals) => {
      const child = startPrefkit(folder, args)
      const ended = once(child, 'exit')
      const logged = async () => (await read('stopped/metrics.jsonl').catch(() => '')).split('\n').length - 1
      while ((await logged()) < records) await new Promise((resolve) => setTimeout(resolve, 5))
      child.kill(signal)
      const stderr = await text(child.stderr!)
      const [status] = await ended
      expect(await logged()).toBeLessThan(40)
      return { status, stderr }
    }
    await stopAt([...model, '--out', 'stopped'], 4, 'SIGKILL')
    const resume = ['lm', 'sft', '--resume', 'stopped', '--checkpoint-seconds', '0', '--quiet', '--json']
    expect(await stopAt(resume, 12, 'SIGINT')).toMatchObject({
      status: 130,
      stderr: expect.stringContaining('go on with: prefkit lm sft --resume stopped'),
    })
    expect(runPrefkit(folder, resume)).toMatchObject({ status: 0, stderr: '' })
    expect(await metricsOf('stopped')).toEqual(await metricsOf('whole'))
    const weights = (name: string) => readFile(at(`${name}/model/model.safetensors`))
    expect((await weights('stopped')).equals(await weights('whole'))).toBe(true)
  })
})

it('info says what a model is', async () => {
  const { stdout } = await run(['info', storiesPath])
  expect(stdout).toMatch(
    /^llama: 5 layers, 64 wide, 8 heads \(4 of keys and values\)\nparameters: +260,032, 1\.04 MB/,
  )
  expect(JSON.parse((await run(['info', storiesPath, '--json'])).stdout)).toMatchObject({
    format: 'llama2.c',
    parameters: 260_032,
    chatTemplate: null,
    cacheBytesPerToken: 1280,
  })
})
