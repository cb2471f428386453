import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { taskFamilies } from '@prefkit/rubrics'
import { beforeEach, describe, expect, it } from 'vitest'
import { familyNames } from '../judge/judge-names'
import { saveStoriesChat } from '../lm/testing/stories'
import { type JudgeScript, type JudgeServer, startJudgeServer } from './testing/judge-server'
import { comparisonLines, runPrefkit, runPrefkitBeside, startPrefkit } from './testing/run-prefkit'

let folder = ''
let server: JudgeServer | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-judge-'))
  await writeFile(join(folder, 'pairs.jsonl'), comparisonLines(20))
  return async () => {
    await server?.close()
    server = undefined
    await rm(folder, { recursive: true })
  }
})

const read = (name: string) => readFile(join(folder, name), 'utf8')
const rowsOf = async (name: string) =>
  (await read(name))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** What stands between the tags of a response of a prompt. */
const responseIn = (label: string, prompt: string): string =>
  new RegExp(`<response-${label}[^>]*>\\n(.*?)\\n</response-${label}`, 's').exec(prompt)?.[1] ?? ''

/** A judge that prefers the word "good", as the comparisons do. */
const prefersGood = (prompt: string): string =>
  `Only one says good.\n\n[[${/good/.test(responseIn('A', prompt)) ? 'A' : 'B'}]]`

async function judge(script: JudgeScript, args: readonly string[], environment = {}) {
  server = await startJudgeServer(script)
  const where = ['--judge', 'openai:local', '--base-url', server.url]
  return runPrefkitBeside(folder, ['judge', ...args, ...where], { environment })
}

describe('pairwise', () => {
  it('asks in both orders, and tells how far the judge agrees with the data', async () => {
    const args = ['pairwise', 'pairs.jsonl', '--method', 'text', '--out', 'runs/a', '--json']
    const { status, stdout, stderr } = await judge({ text: prefersGood }, args)
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ pairs: 20, failed: 0, accuracy: { value: 1, trials: 20 } })
    expect(result.quality.consistency.orders.consistent.value).toBe(1)
    expect(result.quality.position.gap.value).toBe(0)
    expect(result.usage.calls).toBe(40)
    const rows = await rowsOf('runs/a/judgements.jsonl')
    expect(rows.every(({ verdict, label }) => verdict === label)).toBe(true)
    expect(new Set(rows.map(({ label }) => label))).toEqual(new Set(['a', 'b']))
    expect(rows[0].readings).toHaveLength(2)
    expect(await read('runs/a/report.html')).toContain('How good is the judge?')
  })

  it('reads probabilities of tokens where the server tells them, and says so', async () => {
    const yes = (prompt: string) => (/good/.test(responseIn('A', prompt)) ? 0.9 : 0.2)
    const { stdout, stderr } = await judge({ yes }, ['pairwise', 'pairs.jsonl', '--out', 'a', '--json'])
    expect(stderr).toBe('local: top-k probabilities by /chat/completions with top_logprobs\n')
    const [row] = await rowsOf('a/judgements.jsonl')
    // ½ [P(yes | good first) + P(no | good second)]
    const expected = (0.9 + 0.8) / 2
    expect(row.label === 'a' ? row.winProbability : 1 - row.winProbability).toBeCloseTo(expected, 12)
    expect(JSON.parse(stdout).provenance).toEqual({ 'top-k': 20 })
  })

  it('asks for written answers where the server tells no probabilities, and says so', async () => {
    const { stderr, stdout } = await judge({ text: prefersGood }, ['pairwise', 'pairs.jsonl', '--out', 'a'])
    expect(stderr).toContain('local: the server tells no probabilities of tokens, so it is asked for written')
    expect(stdout).toContain('agrees with the data: 100.0 %')
    expect(stdout).toContain('rests on: parsed 20')
  })

  it('shows what a judge that likes the first place is worth', async () => {
    const { stdout } = await judge({ text: () => '[[A]]' }, [
      ...['pairwise', 'pairs.jsonl', '--method', 'text', '--out', 'a', '--json'],
    ])
    const { verdicts, quality } = JSON.parse(stdout)
    expect(verdicts).toEqual({ a: 0, b: 0, tie: 20, abstained: 0 })
    expect(quality.position).toMatchObject({ front: { value: 1 }, back: { value: 0 }, gap: { value: 1 } })
    expect(quality.consistency.orders.consistent.value).toBe(0)
  })

  it('judges pairs that nobody compared, and writes them to train on', async () => {
    const rows = [
      { prompt: 'p', a: 'a good one', b: 'a bad one' },
      { prompt: 'q', responses: ['bad', 'worse', 'good'] },
    ]
    await writeFile(join(folder, 'open.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const args = ['pairwise', 'open.jsonl', '--method', 'text', '--out', 'a', '--export', 'judged.jsonl']
    const { stdout } = await judge({ text: prefersGood }, [...args, '--to', 'openai-dpo'])
    expect(stdout).toContain('wrote 3 comparisons as openai-dpo to judged.jsonl; left out: 1 tie')
    const judged = await rowsOf('judged.jsonl')
    expect(judged.map(({ preferred_output }) => preferred_output[0].content)).toEqual([
      'a good one',
      'good',
      'good',
    ])
  })

  it('weighs a panel, calibrates what it says, and abstains below a probability', async () => {
    const judges = ['local, pairwise-yes-no-1', 'other, pairwise-yes-no-1']
    const panelWeights = { judges, weights: [1, 0], combine: 'log-odds', clip: 0.001 }
    const calibration = { method: 'temperature', inverseTemperature: 0.5, clip: 0.001 }
    await writeFile(join(folder, 'weights.json'), JSON.stringify(panelWeights))
    await writeFile(join(folder, 'calibration.json'), JSON.stringify(calibration))
    const yes = (prompt: string) => (/good/.test(responseIn('A', prompt)) ? 0.9 : 0.1)
    const panel = ['--judge', 'openai:other', '--panel-weights', 'weights.json']
    const fitted = (out: string, more: readonly string[] = []) => [
      ...[
        'pairwise',
        'pairs.jsonl',
        '--no-cache',
        '--out',
        out,
        '--json',
        '--calibration',
        'calibration.json',
      ],
      ...more,
    ]
    server = await startJudgeServer({ yes })
    const where = ['--judge', 'openai:local', '--base-url', server.url]
    const run = (args: readonly string[]) => runPrefkitBeside(folder, ['judge', ...args])
    const { status, stdout } = await run([...fitted('a'), ...where, ...panel])
    expect(status).toBe(0)
    expect(JSON.parse(stdout).verdicts).toMatchObject({ abstained: 0 })
    const [row] = await rowsOf('a/judgements.jsonl')
    // Half of the log-odds of 0.9, which are ln 9, are those of odds of 3.
    expect(Math.max(row.winProbability, 1 - row.winProbability)).toBeCloseTo(0.75, 6)
    const sure = await run([...fitted('b', ['--abstain-below', '0.8']), ...where])
    expect(JSON.parse(sure.stdout).verdicts).toMatchObject({ abstained: 20 })
    const alone = await run([...fitted('c', ['--panel-weights', 'weights.json']), ...where])
    expect(alone.stderr).toMatch(/--panel-weights: one judge is no panel/)
    const broken = await run([...fitted('d', ['--panel-weights', 'pairs.jsonl']), ...where])
    expect(broken.stderr).toMatch(/--panel-weights: pairs\.jsonl could not be read as JSON/)
  })

  it('keeps answers: what was asked before is not asked again in another run', async () => {
    const args = (out: string) => ['pairwise', 'pairs.jsonl', '--method', 'text', '--out', out, '--json']
    await judge({ text: prefersGood }, args('a'))
    const asked = server!.prompts.length
    const where = ['--judge', 'openai:local', '--base-url', server!.url]
    const { stdout } = await runPrefkitBeside(folder, ['judge', ...args('b'), ...where])
    expect(JSON.parse(stdout).usage).toMatchObject({ calls: 0, cachedCalls: 40 })
    expect(server!.prompts).toHaveLength(asked)
  })

  it('goes on after a kill: every pair once, and nothing paid twice but what was in flight', async () => {
    server = await startJudgeServer({ text: prefersGood, delay: 20 })
    const settings = ['--method', 'text', '--concurrency', '2', '--no-cache']
    const where = ['--judge', 'openai:local', '--base-url', server.url]
    const begin = (out: string) => ['judge', 'pairwise', 'pairs.jsonl', ...settings, ...where, '--out', out]
    const child = startPrefkit(folder, begin('killed'))
    while (server.prompts.length < 15) await new Promise((resolve) => setTimeout(resolve, 10))
    child.kill('SIGKILL')
    await once(child, 'exit')
    const journal = await read('killed/journal.jsonl')
    expect(journal.trimEnd().split('\n').length).toBeLessThan(20)
    const { status, stdout } = await runPrefkitBeside(folder, ['judge', 'pairwise', '--resume', 'killed'])
    expect(status).toBe(0)
    expect(stdout).toContain('20 pairs')
    // Two pairs at once, each in two orders, were in flight.
    expect(server.prompts.length).toBeLessThanOrEqual(40 + 4)
    await runPrefkitBeside(folder, begin('whole'))
    expect(await read('killed/judgements.jsonl')).toBe(await read('whole/judgements.jsonl'))
  })

  it('stops at a pair that cannot be judged and goes on when asked to, or leaves it out', async () => {
    const status = (prompt: string) => (/answer 3\b/.test(prompt) ? 400 : undefined)
    const args = ['pairwise', 'pairs.jsonl', '--method', 'text', '--out', 'a']
    const stopped = await judge({ text: prefersGood, status }, args)
    expect(stopped.status).toBe(1)
    expect(stopped.stderr).toMatch(/pairs\.jsonl:4.*400.*go on with: prefkit judge pairwise --resume a/)
    await server!.close()
    const going = await judge({ text: prefersGood, status }, [
      ...['pairwise', 'pairs.jsonl', '--method', 'text', '--out', 'b', '--keep-going'],
    ])
    expect(going.status).toBe(0)
    expect(going.stdout).toContain('20 pairs: ')
    expect(going.stdout).toContain('1 that could not be judged')
    const rows = await rowsOf('b/judgements.jsonl')
    expect(rows[3].error.message).toContain('400')
  })

  it('stops when the money is spent, with all that was paid for, and goes on with more', async () => {
    const args = ['pairwise', 'pairs.jsonl', '--method', 'text', '--out', 'a', '--concurrency', '1']
    const { status, stderr } = await judge({ text: prefersGood }, [
      ...[...args, '--prices', '1000,1000', '--max-cost', '3'],
    ])
    expect(status).toBe(1)
    expect(stderr).toMatch(/--max-cost is 3.*go on with: prefkit judge pairwise --resume a --max-cost <more>/)
    expect((await read('a/journal.jsonl')).split('\n').length).toBeGreaterThan(2)
    const asked = server!.prompts.length
    expect(asked).toBeLessThan(40)
    const more = ['judge', 'pairwise', '--resume', 'a', '--max-cost', '1000', '--quiet']
    const resumed = await runPrefkitBeside(folder, more)
    expect(resumed).toMatchObject({ status: 0, stderr: '' })
    expect(resumed.stdout).toContain('20 pairs: ')
    expect(server!.prompts).toHaveLength(40)
    expect(JSON.parse(await read('a/config.json')).config.judge.maxCost).toBe(3)
  })

  it('goes on past a pair that cannot be judged, when told to', async () => {
    const status = (prompt: string) => (/answer 3\b/.test(prompt) ? 400 : undefined)
    const args = ['pairwise', 'pairs.jsonl', '--method', 'text', '--out', 'a']
    expect((await judge({ text: prefersGood, status }, args)).status).toBe(1)
    const resume = ['judge', 'pairwise', '--resume', 'a']
    expect((await runPrefkitBeside(folder, [...resume, '--timeout', '0'])).stderr).toMatch(/--timeout: /)
    const { stdout, ...rest } = await runPrefkitBeside(folder, [...resume, '--keep-going', '--quiet'])
    expect(rest).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('1 that could not be judged')
  })

  it('leaves no run behind that has not one judgement, so that what was wrong can be put right', async () => {
    const args = ['pairwise', 'pairs.jsonl', '--method', 'text', '--out', 'a', '--quiet']
    const key = { OPENAI_API_KEY: 'sk-wrong-0123456789' }
    expect((await judge({ text: prefersGood, key: 'right' }, args, key)).status).toBe(1)
    await server!.close()
    const again = await judge({ text: prefersGood, key: 'right' }, args, { OPENAI_API_KEY: 'right' })
    expect(again).toMatchObject({ status: 0, stderr: '' })
  })

  it('tells a finished run again without its judge', async () => {
    const args = ['pairwise', 'pairs.jsonl', '--out', 'a', '--json']
    const yes = (prompt: string) => (/good/.test(responseIn('A', prompt)) ? 0.9 : 0.2)
    const { stdout } = await judge({ yes }, args)
    const judged = await read('a/judgements.jsonl')
    await server!.close()
    server = undefined
    const again = await runPrefkitBeside(folder, [
      ...['judge', 'pairwise', '--resume', 'a', '--json', '--export', 'e.jsonl'],
    ])
    expect(again).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(again.stdout)).toMatchObject(JSON.parse(stdout))
    expect(await read('a/judgements.jsonl')).toBe(judged)
    expect(await rowsOf('e.jsonl')).toHaveLength(20)
  })

  it('reads what it wrote, as pairs with labels for another judge', async () => {
    const args = (file: string, out: string) => ['pairwise', file, '--method', 'text', '--out', out, '--json']
    await judge({ text: prefersGood }, args('pairs.jsonl', 'a'))
    await server!.close()
    const { stdout, stderr } = await judge({ text: prefersGood }, args('a/judgements.jsonl', 'b'))
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ pairs: 20, accuracy: { value: 1, trials: 20 } })
    const [before, after] = await Promise.all([rowsOf('a/judgements.jsonl'), rowsOf('b/judgements.jsonl')])
    expect(after.map(({ label }) => label)).toEqual(before.map(({ label }) => label))
  })

  it('tells what was read and is not judged', async () => {
    const rows = ['a', 'tie', 'b'].map((winner) => ({
      ...{ prompt: `p ${winner}`, response_a: 'good', response_b: 'bad', winner },
    }))
    const lines = rows.map((row) => JSON.stringify(row))
    await writeFile(join(folder, 'some.jsonl'), `${[...lines, '{"prompt":'].join('\n')}\n`)
    const args = ['pairwise', 'some.jsonl', '--method', 'text', '--out', 'a', '--skip-bad']
    const { stdout } = await judge({ text: prefersGood }, args)
    expect(stdout).toContain('4 rows; left out: 1 tie, 1 bad row\n')
    expect(stdout).toMatch(/some\.jsonl:4/)
    expect(await read('a/report.html')).toContain('Left out: 1 tie, 1 bad row.')
  })

  it('shows a reference of the data to the judge', async () => {
    const reference = 'the reference answer'
    const row = { prompt: 'p', chosen: 'good', rejected: 'bad', reference }
    await writeFile(join(folder, 'one.jsonl'), `${JSON.stringify(row)}\n`)
    await judge({ text: prefersGood }, ['pairwise', 'one.jsonl', '--method', 'text', '--out', 'a'])
    expect(server!.prompts).toHaveLength(2)
    for (const prompt of server!.prompts) expect(prompt).toContain(reference)
    await server!.close()
    await judge({ text: () => '7' }, ['pointwise', 'one.jsonl', '--out', 'b'])
    expect(server!.prompts).toHaveLength(2)
    for (const prompt of server!.prompts) expect(prompt).toContain(reference)
  })

  it.each([[[]], [['--keep-going']]])(
    'stops where a person quits, and asks the rest later: %j',
    async (more) => {
      const args = [
        'judge',
        'pairwise',
        'pairs.jsonl',
        '--judge',
        'human',
        '--limit',
        '4',
        '--out',
        'a',
        ...more,
      ]
      const stopped = await runPrefkitBeside(folder, args, { input: 'a\nquit\n' })
      expect(stopped.status).toBe(130)
      expect(stopped.stderr).toMatch(/stopped; go on with: prefkit judge pairwise --resume a/)
      const resume = ['judge', 'pairwise', '--resume', 'a', '--json']
      const { stdout } = await runPrefkitBeside(folder, resume, { input: 'a\na\na\n' })
      expect(JSON.parse(stdout)).toMatchObject({ pairs: 4, failed: 0 })
    },
  )

  it('asks a person on the terminal, without telling which response is whose', async () => {
    const answers = 'a\nb\ntie\nskip\n'
    const args = [
      'judge',
      'pairwise',
      'pairs.jsonl',
      '--judge',
      'human',
      '--limit',
      '4',
      '--out',
      'a',
      '--json',
    ]
    const { stdout, stderr, status } = await runPrefkitBeside(folder, args, { input: answers })
    expect(status).toBe(0)
    expect(stderr).not.toContain('chosen')
    expect(JSON.parse(stdout)).toMatchObject({ pairs: 4, verdicts: { tie: 1, abstained: 1 } })
    const rows = await rowsOf('a/judgements.jsonl')
    expect(rows.map(({ provenance }) => provenance)).toEqual(['human', 'human', 'human', 'human'])
  })

  it('asks a checkpoint in this process, and tells it from another', async () => {
    await saveStoriesChat(join(folder, 'stories'), 4096)
    const args = ['pairwise', 'pairs.jsonl', '--limit', '3', '--judge', 'local:stories', '--format', 'label']
    const first = await runPrefkitBeside(folder, ['judge', ...args, '--out', 'a', '--json'])
    expect(first.stderr).toBe('')
    expect(JSON.parse(first.stdout)).toMatchObject({
      judge: expect.stringMatching(/^stories@[0-9a-f]{12}, pairwise-label/),
      pairs: 3,
      failed: 0,
      provenance: { exact: 3 },
      usage: { calls: 6 },
    })
    const [row] = await rowsOf('a/judgements.jsonl')
    expect(row.winProbability).toBeGreaterThan(0)
    expect(row.winProbability).toBeLessThan(1)
    // What it writes are stories, which are no answers.
    const text = ['--method', 'text', '--max-tokens', '8', '--out', 'b', '--json']
    const second = await runPrefkitBeside(folder, ['judge', ...args, ...text])
    expect(JSON.parse(second.stdout)).toMatchObject({ pairs: 3, verdicts: { abstained: 3 } })
  })

  it('asks a trained reward model', async () => {
    await writeFile(join(folder, 'more.jsonl'), comparisonLines(60))
    const training = ['--hidden', 'none', '--epochs', '10', '--out', 'model', '--backend', 'reference']
    expect(runPrefkit(folder, ['reward', 'train', '--data', 'more.jsonl', ...training]).status).toBe(0)
    const args = ['judge', 'pairwise', 'pairs.jsonl', '--judge', 'reward-model:model', '--out', 'a', '--json']
    const { stdout, stderr } = await runPrefkitBeside(folder, args)
    expect(stderr).toBe('')
    const { accuracy, provenance } = JSON.parse(stdout)
    expect(accuracy.value).toBeGreaterThan(0.9)
    expect(provenance).toEqual({ scores: 20 })

    // Goes on from another folder, and with no other model that stands in the same place.
    const lines = (await read('a/journal.jsonl')).split('\n')
    const cut = () => writeFile(join(folder, 'a/journal.jsonl'), `${lines.slice(0, 6).join('\n')}\n`)
    await cut()
    await mkdir(join(folder, 'elsewhere'))
    const resume = (from: string) =>
      runPrefkitBeside(join(folder, from), ['judge', 'pairwise', '--resume', join(folder, 'a'), '--json'])
    expect(JSON.parse((await resume('elsewhere')).stdout)).toMatchObject({ pairs: 20, accuracy })
    await cut()
    await rm(join(folder, 'model'), { recursive: true })
    const other = [...training, '--seed', '5']
    expect(runPrefkit(folder, ['reward', 'train', '--data', 'more.jsonl', ...other]).status).toBe(0)
    expect(await resume('.')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/journal\.jsonl: its identity is .*and that of this run is/),
    })
  })
})

describe('pointwise and rubric', () => {
  const score = (prompt: string): number => (/good/.test(responseIn('[^ >]*', prompt)) ? 8 : 3)

  it('rate responses, and compare what the data compares', async () => {
    const { stdout, stderr } = await judge({ text: (prompt) => `Fine.\n${/good/.test(prompt) ? 8 : 3}` }, [
      ...['pointwise', 'pairs.jsonl', '--out', 'a', '--json'],
    ])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 20,
      responses: 40,
      unread: 0,
      accuracy: { value: 1, ties: 0, margin: 5 },
      parses: { exact: 40 },
    })
    const [row] = await rowsOf('a/judgements.jsonl')
    expect(row).toMatchObject({ prompt: 'question 0', chosen_score: 8, rejected_score: 3 })
    expect(await read('a/report.html')).toContain('What scores does it give?')
  })

  it('score by the rubric of a task family or of a file', async () => {
    const shown = runPrefkit(folder, ['judge', 'rubric', '--family', 'math', '--show'])
    await writeFile(join(folder, 'math.json'), shown.stdout)
    const text = (prompt: string) => `<evaluation>x</evaluation>\n<answer>${score(prompt)}</answer>`
    const args = [
      'rubric',
      'pairs.jsonl',
      '--rubrics',
      'math.json',
      '--generate',
      '0',
      '--out',
      'a',
      '--json',
    ]
    const { stdout, stderr } = await judge({ text }, args)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ responses: 40, accuracy: { value: 1 } })
    expect(server!.prompts[0]).toContain(taskFamilies.math.primary.description)
    const resumed = runPrefkit(folder, ['judge', 'pointwise', '--resume', 'a'])
    expect(resumed.stderr).toMatch(
      /a\/config\.json: is of prefkit judge rubric; expected prefkit judge pointwise/,
    )
  })

  it('take rows and responses of the same name apart, and leave out bad rows when asked to', async () => {
    const rows = [
      { id: 'a', prompt: 'p', chosen: 'good', rejected: 'bad' },
      { id: 'a', prompt: 'p', response: 'good' },
      { id: 'a#2', prompt: 'p', response: 'bad' },
      { prompt: 'p' },
    ]
    await writeFile(join(folder, 'same.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const args = ['pointwise', 'same.jsonl', '--out', 'a', '--skip-bad', '--quiet']
    const { stdout, stderr } = await judge({ text: (prompt) => (/good/.test(prompt) ? '8' : '3') }, args)
    expect(stderr).toBe('')
    expect(stdout).toContain('4 rows; left out: 1 bad row')
    expect(stdout).toContain('4 responses of 3 rows')
    expect(await rowsOf('a/judgements.jsonl')).toMatchObject([
      { chosen_score: 8, rejected_score: 3 },
      { score: 8 },
      { score: 3 },
    ])
  })

  it('leave out no score that could not be read', async () => {
    const { stdout } = await judge({ text: () => 'I would rather not say.' }, [
      ...['pointwise', 'pairs.jsonl', '--out', 'a'],
    ])
    expect(stdout).toContain('40 responses of 20 rows, 40 without a score that could be read')
    expect((await rowsOf('a/judgements.jsonl'))[0].chosen_score).toBeNull()
  })
})

describe('says what is wrong, and leaves nothing behind', () => {
  const local = ['--judge', 'openai:local', '--base-url', 'http://127.0.0.1:64999/v1', '--retries', '0']

  it.each([
    [['pairwise', 'pairs.jsonl'], /--judge: expected who judges, such as openai:<model>/],
    [['pairwise', ...local], /command line: files: expected files of pairs\n/],
    [['pairwise', 'pairs.jsonl', '--judge', 'gpt'], /--judge: expected openai:<model>, .*got "gpt"/],
    [['pairwise', 'pairs.jsonl', '--judge', 'openai:'], /--judge: expected openai:<model>, .*got "openai:"/],
    [['pairwise', 'pairs.jsonl', '--judge', 'openai:x'], /OPENAI_API_KEY is not set; expected the key/],
    [['pairwise', 'pairs.jsonl', ...local], /127\.0\.0\.1:64999.*ECONNREFUSED.*Is a server listening/],
    [['pairwise', 'nowhere.jsonl', ...local], /nowhere\.jsonl: could not be read/],
    [['pairwise', 'empty.jsonl', ...local], /empty\.jsonl/],
    [['pairwise', 'broken.jsonl', ...local], /broken\.jsonl:2/],
    [['pointwise', 'broken.jsonl', ...local], /broken\.jsonl:2/],
    [['pointwise', 'numbers.jsonl', ...local], /numbers\.jsonl:1: expected text fields prompt and response/],
    [
      ['pairwise', 'pairs.jsonl', ...local, '--base-url', 'localhost'],
      /--base-url: expected an address such as/,
    ],
    [
      ['pairwise', 'pairs.jsonl', ...local, '--votes', '3', '--temperature', '0'],
      /--temperature: several votes/,
    ],
    [['pairwise', 'pairs.jsonl', ...local, '--prices', '1'], /--prices: /],
    [['pairwise', 'pairs.jsonl', ...local, '--format', 'essay'], /--format.*yes-no, label, reasoning/],
    [['rubric', 'pairs.jsonl', ...local, '--family', 'cooking'], /--family.*chat, code/],
    [['rubric', 'pairs.jsonl', ...local, '--rubrics', 'broken.jsonl'], /broken\.jsonl: .*JSON/],
    [['rubric', 'pairs.jsonl', ...local, '--generate', 'many'], /--generate.*1-3/],
    [['pointwise', 'pairs.jsonl', '--judge', 'human'], /--judge: human cannot score single responses/],
    [['rubric', 'pairs.jsonl', ...local, '--generate', '3-1'], /--generate.*smaller number first/],
    [
      ['pairwise', 'pairs.jsonl', '--judge', 'openai:x', '--base-url', 'http://me:hunter2@127.0.0.1:1/v1'],
      /^(?!.*hunter2).*--base-url: expected an address without user, password or key.*--api-key-env/s,
    ],
    [
      [
        'pairwise',
        'pairs.jsonl',
        '--judge',
        'openai:x',
        '--base-url',
        'http://127.0.0.1:1/v1?api-key=hunter2',
      ],
      /^(?!.*hunter2).*--base-url: expected an address without user, password or key/s,
    ],
    [['pairwise', '--resume', 'nowhere'], /nowhere is no run/],
    [['pairwise', '--resume', 'nowhere', '--votes', '3'], /--votes cannot be given with --resume/],
  ])('%j', async (args, message) => {
    await writeFile(join(folder, 'empty.jsonl'), '')
    await writeFile(join(folder, 'broken.jsonl'), '{"prompt": "p", "chosen": "a", "rejected": "b"}\n{"prom\n')
    await writeFile(join(folder, 'numbers.jsonl'), '{"prompt": "p", "response": 3}\n')
    const before = await readdir(folder)
    const environment = { OPENAI_API_KEY: '' }
    const { status, stdout, stderr } = runPrefkit(folder, ['judge', ...args], '', environment)
    expect(stderr).toMatch(message)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    const after = await readdir(folder)
    expect(after.filter((name) => !before.includes(name) && name !== 'runs')).toEqual([])
    if (after.includes('runs')) expect(await readdir(join(folder, 'runs'))).toEqual([])
  })

  it('names the key that was refused by its variable, and never shows it', async () => {
    const key = 'sk-secret-0123456789abcdef'
    const { status, stdout, stderr } = await judge(
      { key: 'another' },
      ['pairwise', 'pairs.jsonl', '--method', 'text', '--json'],
      { OPENAI_API_KEY: key },
    )
    expect(status).toBe(1)
    expect(stderr).toMatch(/401/)
    expect(stdout + stderr).not.toContain(key)
  })
})

it('keeps the names of task families that help shows', () => {
  expect(familyNames).toEqual(Object.keys(taskFamilies))
})
