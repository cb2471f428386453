import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { loadComparisons } from '@prefkit/datasets'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runPrefkit } from './testing/run-prefkit'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-noise-'))
  await writeFile(join(folder, 'scored.jsonl'), scoredLines())
  await writeFile(join(folder, 'votes.csv'), voteLines())
})
afterAll(() => rm(folder, { recursive: true }))

const prefkit = (args: readonly string[]) => runPrefkit(folder, ['noise', ...args])
const read = (name: string) => readFile(join(folder, name), 'utf8')
const rows = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Five responses to each of 60 prompts; their scores have gaps of all sizes. */
function scoredLines(): string {
  return Array.from({ length: 300 }, (_, i) => {
    const score = 2 * Math.sin(i * i) + Math.cos(Math.floor(i / 5))
    return `${JSON.stringify({ prompt: `question ${Math.floor(i / 5)}`, response: `answer ${'x'.repeat(i % 7)} ${i}`, score })}\n`
  }).join('')
}

/** How often each of four annotators is wrong. */
const wrongShares = [0.05, 0.15, 0.3, 0.5]

/** 400 items with a vote of each annotator, wrong independently of difficulty and of each other. */
function voteLines(): string {
  const uniform = uniforms(7)
  const lines = Array.from({ length: 400 }, (_, i) => {
    const delta = (uniform() < 0.5 ? 1 : -1) * (1 + (i % 3))
    const answers = wrongShares.map((share) => (uniform() < share === delta > 0 ? 'B' : 'A'))
    return answers.map((label, who) => `${i},w${who},${label},${delta}\n`).join('')
  })
  return `item,annotator,label,delta\n${lines.join('')}`
}

/** Numbers in [0, 1), the same for a seed: a linear congruential generator with the constants of Numerical Recipes. */
function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('prefkit noise', () => {
  it('says what there is, with examples', () => {
    expect(prefkit(['--help']).stdout).toMatch(/simulate[\s\S]*estimate[\s\S]*plan/)
    for (const command of ['simulate', 'estimate', 'plan']) {
      const { status, stdout } = prefkit([command, '--help'])
      expect(status).toBe(0)
      expect(stdout).toContain(`\nExamples:\n  $ prefkit noise ${command}`)
    }
  })

  it('says which pairs an error rate is of, and which models there are', () => {
    const words = (command: string) => prefkit([command, '--help']).stdout.replace(/\s+/g, ' ')
    expect(words('simulate')).toContain(
      '--calibrate-on <pairs> pairs that --error-rate is of: those labelled (design), or random ones of one prompt',
    )
    expect(words('estimate')).toContain(
      '(choices: "dawid-skene", "mace", "crowd-bt", default: "dawid-skene")',
    )
  })

  it('is helped with before any mathematics is loaded', async () => {
    const coverage = join(folder, 'coverage')
    for (const args of [['--help'], ['noise', 'plan', '--help']]) {
      expect(runPrefkit(folder, args, '', { NODE_V8_COVERAGE: coverage }).status).toBe(0)
    }
    const files = await readdir(coverage)
    const texts = await Promise.all(files.map((name) => read(join('coverage', name))))
    expect(texts.join('')).toContain('commands/noise-plan.ts')
    expect(texts.join('')).not.toMatch(/mathjs|packages\/noise\/src|csv-parse|hyparquet/)
    await rm(coverage, { recursive: true })
  })

  it.each([
    [['simulate', 'scored.jsonl'], /^error: required option '--out <file>' not specified/],
    [['simulate', 'nowhere.csv', '--out', 'x.jsonl'], /^error: nowhere\.csv: could not be read: ENOENT/m],
    [
      ['simulate', 'scored.jsonl', '--out', 'x.jsonl', '--design', 'best'],
      /'best' is invalid\. Allowed choices are same-/,
    ],
    [
      ['simulate', 'scored.jsonl', '--out', 'x.jsonl', '--design', 'swiss'],
      /^error: --budget: expected one for/m,
    ],
    [
      [
        'simulate',
        'scored.jsonl',
        '--out',
        'x.jsonl',
        '--design',
        'swiss',
        '--budget',
        '9',
        '--votes',
        '2',
        '--annotators',
        '2',
      ],
      /^error: --votes: a design that goes by labels takes one for each pair$/m,
    ],
    [
      ['simulate', 'scored.jsonl', '--out', 'x.jsonl', '--error-rate', '0.7'],
      /^error: an error rate of 0\.7: .* gives rates from 0/m,
    ],
    [
      ['simulate', 'scored.jsonl', '--out', 'x.jsonl', '--votes', '2'],
      /^error: --votes: expected at most --annotators, which is 1, got 2$/m,
    ],
    [
      ['simulate', 'scored.jsonl', '--out', 'x.jsonl', '--columns', 'score'],
      /expected <name>=<value>, such as prompt=question/,
    ],
    [
      ['simulate', 'scored.jsonl', '--out', 'x.jsonl', '--columns', 'score=gold'],
      /scored\.jsonl:1: field "gold": is missing/,
    ],
    [
      [
        'simulate',
        'scored.jsonl',
        '--out',
        'x.jsonl',
        '--annotator-model',
        'expression',
        '--quality',
        '0.5 + 0.5*tanh(delta/2',
      ],
      /^error: --quality, character 23: .*\n {2}0\.5 \+ 0\.5\*tanh\(delta\/2\n {24}\^$/m,
    ],
    [
      [
        'simulate',
        'scored.jsonl',
        '--out',
        'x.jsonl',
        '--annotator-model',
        'expression',
        '--quality',
        'process.exit(3)',
      ],
      /^error: --quality, character 1: unknown name process; allowed are /m,
    ],
    [
      ['simulate', 'scored.jsonl', '--out', './scored.jsonl'],
      /^error: --out: expected a file other than those that are read, got \.\/scored\.jsonl, which is scored\.jsonl$/m,
    ],
    [['estimate', 'votes.csv', '--out', 'votes.csv'], /^error: --out: expected a file other than those/m],
    [['estimate', 'votes.csv', '--columns', 'label=verdict'], /votes\.csv:2: field "verdict": is missing/],
    [['estimate', 'votes.csv', '--tie', 'C'], /^error: --tie: expected one of the labels A, B, got C$/m],
    [
      ['estimate', 'votes.csv', '--bootstrap', '1'],
      /^error: --bootstrap: expected 0, or 2 resamples or more, got 1$/m,
    ],
  ])('%j tells what is wrong and leaves nothing behind', async (args, message) => {
    const before = await readdir(folder)
    const { status, stdout, stderr } = prefkit(args)
    expect(stderr).toMatch(message)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(await readdir(folder)).toEqual(before)
  })

  it.each([
    ['empty.csv', '', /empty\.csv: has no rows/],
    [
      'nan.csv',
      'prompt,score\na,1\nb,NaN\n',
      /nan\.csv:3: field "score": expected a finite number, is "NaN"/,
    ],
    ['ragged.csv', 'prompt,score\na\n', /ragged\.csv:2: Invalid Record Length/],
    ['broken.jsonl', '{"prompt": "a", "score": 1}\n{"prompt"\n', /broken\.jsonl:2: is no JSON/],
    ['nan.jsonl', '{"prompt": "a", "score": NaN}\n', /nan\.jsonl:1: .*NaN and Infinity are no JSON/],
    [
      'single.jsonl',
      '{"prompt": "a", "score": 1}\n',
      /single\.jsonl: expected pairs, found 1 response to 1 prompt$/m,
    ],
  ])('refuses %s, for machines too', async (name, content, message) => {
    await writeFile(join(folder, name), content)
    const { status, stdout, stderr } = prefkit(['simulate', name, '--out', 'x.jsonl', '--json'])
    expect(stderr).toMatch(message)
    expect(JSON.parse(stdout)).toEqual({
      error: { code: expect.any(String), message: expect.stringMatching(message) },
    })
    expect(status).toBe(1)
  })

  it('says whose votes they all are, where nobody else voted', async () => {
    await writeFile(join(folder, 'alone.csv'), 'item,annotator,label\n1,ann,A\n2,ann,B\n')
    expect(prefkit(['estimate', 'alone.csv', '--quiet'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error: alone\.csv: all 2 votes are by annotator "ann"; expected two annotators/,
      ),
    })
  })
})

describe('prefkit noise simulate', () => {
  const simulate = (out: string, ...more: string[]) => {
    const { status, stdout, stderr } = prefkit(['simulate', 'scored.jsonl', '--out', out, '--json', ...more])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return JSON.parse(stdout)
  }

  it('errs as often as asked, and says so', async () => {
    const budget = ['--budget', '600', '--design', 'same-prompt']
    const summary = simulate('asked.jsonl', '--error-rate', '0.2', ...budget)
    expect(summary).toMatchObject({ responses: 300, prompts: 60, pairs: 600, labels: 600, ties: 0 })
    expect(summary.expectedErrorRate).toBeCloseTo(0.2, 9)
    // Four standard errors of 600 labels, each wrong with its own probability.
    expect(Math.abs(summary.errorRate - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / 600))
    const wrong = rows(await read('asked.jsonl')).filter(
      ({ winner, score_a, score_b }) => (winner === 'A') !== score_a > score_b,
    )
    expect(wrong.length / 600).toBeCloseTo(summary.errorRate, 12)
    expect(summary.calibrated).toEqual({ parameter: 'beta', value: expect.any(Number) })
  })

  it('repeats with the seed, and not with another', async () => {
    for (const [out, seed] of [
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
    ] as const)
      simulate(`${out}.jsonl`, '--seed', seed)
    expect(await read('a.jsonl')).toBe(await read('b.jsonl'))
    expect(await read('a.jsonl')).not.toBe(await read('c.jsonl'))
  })

  it('writes what reward train learns from', async () => {
    simulate('train.jsonl', '--annotators', '3', '--votes', '3', '--ties', '0.3', '--position-bias', '0.2')
    const { comparisons, report } = await loadComparisons(join(folder, 'train.jsonl'))
    expect(report.comparisons + report.ties).toBe(60)
    expect(comparisons[0]).toMatchObject({ prompt: expect.stringMatching(/^question/), votes: { length: 3 } })
    const settings = [
      '--epochs',
      '1',
      '--embedder',
      'hashed-ngrams:32',
      '--hidden',
      '4',
      '--out',
      'trained',
      '--quiet',
    ]
    expect(runPrefkit(folder, ['reward', 'train', '--data', 'train.jsonl', ...settings])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('trained on '),
    })
  })

  it('takes both prompts into pairs across prompts', async () => {
    simulate('cross.jsonl.gz', '--design', 'cross-prompt', '--budget', '50')
    const written = rows(gunzipSync(await readFile(join(folder, 'cross.jsonl.gz'))).toString())
    for (const { conversation_a, conversation_b } of written) {
      expect(conversation_a.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant'])
      expect(conversation_a[0].content).not.toBe(conversation_b[0].content)
    }
    const { comparisons } = await loadComparisons(join(folder, 'cross.jsonl.gz'))
    expect(comparisons.length).toBe(50)
  })

  it.each([
    'random',
    'similar',
    'diversified',
    'top-vs-rest',
    'best-vs-worst',
    'swiss',
    'knock-out',
    'active',
    'uncertainty',
    'thompson',
  ])('labels the pairs of %s, none twice', async (design) => {
    simulate(`${design}.jsonl`, '--design', design, '--budget', '40', '--beta', '2')
    const ids = rows(await read(`${design}.jsonl`)).map(({ id }) => id.split('/').toSorted().join('/'))
    expect(new Set(ids).size).toBe(40)
  })

  it('labels the pairs that rows are', async () => {
    const pairs = scoredLines()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const lines = Array.from({ length: 20 }, (_, i) => {
      const [a, b] = [pairs[5 * i], pairs[5 * i + 1]]
      const row = {
        prompt: a.prompt,
        response_a: a.response,
        response_b: b.response,
        score_a: a.score,
        score_b: b.score,
      }
      return `${JSON.stringify(row)}\n`
    })
    await writeFile(join(folder, 'pairs.jsonl'), lines.join(''))
    const args = [
      'simulate',
      'pairs.jsonl',
      '--annotator-model',
      'perfect',
      '--out',
      'perfect.jsonl',
      '--quiet',
    ]
    expect(prefkit(args).status).toBe(0)
    const written = rows(await read('perfect.jsonl'))
    expect(written.length).toBe(20)
    for (const { winner, score_a, score_b } of written) expect(winner).toBe(score_a > score_b ? 'A' : 'B')
    expect(prefkit([...args, '--design', 'random']).stderr).toContain(
      'the rows of the table are pairs already',
    )
  })
})

describe('prefkit noise estimate', () => {
  it('finds agreement, who errs how often, and β', () => {
    const { status, stdout, stderr } = prefkit(['estimate', 'votes.csv', '--json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const found = JSON.parse(stdout)
    expect(found).toMatchObject({ votes: 1600, items: 400, annotators: 4, tie: null, notes: [] })
    for (const [i, share] of wrongShares.entries()) {
      const { accuracy, accuracyError } = found.abilities[i]
      expect(Math.abs(accuracy - 1 + share)).toBeLessThan(4 * accuracyError)
      // That of a share of 400 votes, and more as the truth has to be guessed; 50 resamples tell it to a tenth.
      expect(accuracyError).toBeGreaterThan(0.7 * Math.sqrt((share * (1 - share)) / 400))
      expect(accuracyError).toBeLessThan(0.06)
    }
    const margins = voteLines()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([, , label, delta]) => (label === 'A' ? Number(delta) : -Number(delta)))
    expect(found.wrong.value).toBeCloseTo(margins.filter((margin) => margin < 0).length / 1600, 12)
    // β is where the score vanishes; what it implies is another share than what is counted.
    const wrongAt = (margin: number) => 1 / (1 + Math.exp(found.beta.beta * margin))
    expect(Math.abs(margins.reduce((sum, margin) => sum + margin * wrongAt(margin), 0))).toBeLessThan(1e-6)
    const implied = margins.reduce((sum, margin) => sum + wrongAt(Math.abs(margin)) / 1600, 0)
    expect(found.beta.errorRate).toBeCloseTo(implied, 9)
    expect(found.remarks).toEqual([expect.stringMatching(/^β does not fit: it implies that /)])
    expect(found.abilities[0].beta).toBeGreaterThan(found.abilities[3].beta)
    expect(found.differences.map(({ difference }: { difference: number }) => difference)).toEqual([1, 2, 3])
    // 4 votes an item have 6 pairs; counted here from the lines themselves.
    const byItem = Map.groupBy(voteLines().trim().split('\n').slice(1), (line) => line.split(',')[0])
    const agreeing = [...byItem.values()].map((lines) => {
      const first = lines.filter((line) => line.split(',')[2] === 'A').length
      return (first * (first - 1) + (4 - first) * (3 - first)) / 12
    })
    expect(found.agreement.value).toBeCloseTo(agreeing.reduce((sum, share) => sum + share, 0) / 400, 12)
    expect(found.flipRate.value).toBeCloseTo((1 - Math.sqrt(2 * found.agreement.value - 1)) / 2, 12)
  })

  it('prints tables and writes a page', async () => {
    const { status, stdout } = prefkit(['estimate', 'votes.csv', '--quiet', '--out', 'noise.html'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^1,600 votes by 4 annotators on 400 items\nlabels: A \(\d+\), B \(\d+\)\n/)
    expect(stdout).toMatch(/two votes agree +0\.\d{3} +± 0\.\d{3}\n[\s\S]*report: noise\.html\n$/)
    const page = await read('noise.html')
    expect(page).toMatch(
      /^<!doctype html>[\s\S]*Agreement by difference[\s\S]*Ability of annotators[\s\S]*<\/html>\s*$/,
    )
    expect(page).not.toMatch(/(src|href)="https?:|NaN/)
  })

  it('agrees with what is published of PandaLM’s three annotators, ties left out of agreement', () => {
    const file = join(
      import.meta.dirname,
      '../../../../examples/annotation-noise/data/pandalm-votes.jsonl.gz',
    )
    const { stdout } = prefkit(['estimate', file, '--json', '--bootstrap', '0'])
    const { agreement, flipRate, tie, annotators } = JSON.parse(stdout)
    expect({ tie, annotators }).toEqual({ tie: 0, annotators: 3 })
    expect(agreement.value).toBeCloseTo(0.949, 3)
    expect(flipRate.value).toBeCloseTo(0.026, 3)
  })

  it('fits abilities with the model asked for', async () => {
    const lines = voteLines()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([item, who, label]) => `${item},${who},${label},p${Number(item) % 20},q${Number(item) % 20}\n`)
    await writeFile(join(folder, 'named.csv'), `item,worker,label,one,other\n${lines.join('')}`)
    const columns = ['--columns', 'first=one,second=other']
    const { status, stdout } = prefkit(['estimate', 'named.csv', '--model', 'crowd-bt', ...columns])
    expect(status).toBe(0)
    expect(stdout).toContain(
      'probability of answering as meant, and not the other way round, Crowd-BT (10 %,',
    )
  })

  it('goes by scores alone where one annotator voted', async () => {
    const lines = voteLines()
      .split('\n')
      .filter((line, i) => i === 0 || line.includes(',w2,'))
    await writeFile(join(folder, 'one.csv'), `${lines.join('\n')}\n`)
    const { status, stdout } = prefkit(['estimate', 'one.csv', '--json'])
    expect(status).toBe(0)
    const { agreement, beta, notes } = JSON.parse(stdout)
    expect(agreement).toBe(null)
    expect(beta.beta).toBeGreaterThan(0)
    expect(notes.join('\n')).toContain('agreement: items: no item has two votes')
  })
})
