import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runPrefkit, startPrefkit } from './testing/run-prefkit'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-plan-'))
  await writeFile(join(folder, 'scored.jsonl'), scoredLines())
  await writeFile(join(folder, 'alike.jsonl'), '{"id": "a", "score": 1}\n{"id": "b", "score": 2}\n')
})
afterAll(() => rm(folder, { recursive: true }))

const prefkit = (args: readonly string[]) => runPrefkit(folder, ['noise', ...args])
const read = (name: string) => readFile(join(folder, name), 'utf8')

/** Five responses to each of 60 prompts, by three authors; their scores have gaps of all sizes. */
function scoredLines(): string {
  return Array.from({ length: 300 }, (_, i) => {
    const score = 2 * Math.sin(i * i) + Math.cos(Math.floor(i / 5))
    const response = `answer ${'x'.repeat(i % 7)} ${i}`
    return `${JSON.stringify({ prompt: `question ${Math.floor(i / 5)}`, response, score, author: (i % 3) - 1 })}\n`
  }).join('')
}

const small = [
  ...[
    '--designs',
    'same-prompt,swiss',
    '--error-rates',
    '0.1,0.3',
    '--budgets',
    '50,100,200',
    '--repeats',
    '4',
  ],
  ...['--prompts', '40', '--responses', '4', '--features', '4'],
]

it.each([
  [['--designs', 'swiss,best'], /expected some of same-prompt, .*, got 'best'/],
  [['--error-rates', '0.1,0.6'], /^error: command line: --error-rates, number 2: .*0\.5, got 0\.6$/m],
  [['--budgets', '1'], /^error: command line: --budgets, number 1: .*got 1$/m],
  [['--between', '-1'], /^error: command line: --between: .*got -1$/m],
  [['--beta', '2'], /^error: unknown option '--beta'/],
  [['--target-accuracy', '1'], /^error: command line: --target-accuracy: .*got 1$/m],
  [['--resume', 'nowhere'], /^error: nowhere is no run: it has no config\.json$/m],
  [['--resume', 'x', '--repeats', '3'], /^error: --repeats cannot be given with --resume/m],
  [['--flip', '0.3', '--error-rates', '0.1'], /an error rate of 0\.1: .*rates from 0\.(29|3)/],
  [
    ['--ability', '1,0.2,0'],
    /^error: --ability: expected one number, or one for each of --annotators 1, got 3$/m,
  ],
  [['--ability', '1,0.2', '--annotators', '3'], /^error: --ability: .* --annotators 3, got 2$/m],
  [['alike.jsonl'], /^error: .*alike\.jsonl: has no prompts.*--columns prompt=/m],
])('plan %j tells what is wrong and leaves nothing behind', async (args, message) => {
  const before = await readdir(folder)
  const { status, stdout, stderr } = prefkit(['plan', ...args])
  expect(stderr).toMatch(message)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(await readdir(folder)).toEqual(before)
})

describe('with annotators of every kind', () => {
  const settings = ['--designs', 'same-prompt,swiss', '--error-rates', '0.3', '--budgets', '40,80']

  it.each([
    [['--annotator-model', 'probit']],
    [['--annotator-model', 'perfect']],
    [['--annotator-model', 'expression', '--quality', '1 - 0.5*exp(-k*beta*delta)', '--parameters', 'k=2']],
    [['--ties', '0.3']],
    [['--position-bias', '0.3']],
    [['--length-bias', '0.3']],
    [['--self-preference', '0.7']],
    [['--self-preference', '0.7', '--annotators', '2']],
    [['--personal-bias', '0.3', '--annotators', '3']],
    [['--cycles', '0.3']],
    [['--ability', '1,0.5,0.2', '--annotators', '3']],
    [['--fatigue', '50']],
    [['--flip', '0.1,0.2', '--annotators', '2']],
    [['--worst-case', '0.05']],
  ] as string[][][])('%j: theory is of what was simulated', (args) => {
    const run = `kind-${args.join('-').replaceAll(/[^\w-]/g, '')}`
    const all = ['plan', 'scored.jsonl', ...settings, '--repeats', '3', ...args, '--out', run, '--json']
    const { status, stdout, stderr } = prefkit(all)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { curves } = JSON.parse(stdout)
    expect(curves.length).toBe(2)
    for (const { points } of curves) {
      expect(points.length).toBe(2)
      for (const { accuracy, predicted, risk, spearman } of points) {
        for (const value of [accuracy.mean, predicted, risk.mean, spearman.mean])
          expect(Number.isFinite(value)).toBe(true)
        expect(predicted).toBeGreaterThan(0.4)
        expect(predicted).toBeLessThan(1)
      }
    }
  })

  it('knows that annotators tire', () => {
    const drawn = ['--designs', 'same-prompt', '--error-rates', '0.2', '--budgets', '100,400,1600']
    const tired = [...drawn, '--fatigue', '60', '--repeats', '6', '--out', 'tired', '--json']
    const { curves } = JSON.parse(prefkit(['plan', ...tired]).stdout)
    const [{ designErrorRate, points }] = curves
    // Rested they err 20 % of the time; at the end, when nothing of the ability is left, half.
    expect(designErrorRate).toBeGreaterThan(0.4)
    const [, , last] = points
    expect(Math.abs(last.predicted - last.accuracy.mean)).toBeLessThan(4 * last.accuracy.standardError)
    // Of annotators who never tire, theory promises 97 % with 1,600 labels.
    expect(last.predicted).toBeLessThan(0.94)
  })
})

describe('prefkit noise plan', () => {
  beforeAll(() => {
    expect(prefkit(['plan', ...small, '--out', 'unbroken', '--quiet']).status).toBe(0)
  })

  it('leaves a run, tables and a page, and does not plan over it', async () => {
    const args = ['plan', ...small, '--out', 'planned']
    const { status, stdout, stderr } = prefkit(args)
    expect(status).toBe(0)
    expect(stderr).toMatch(/^planning {2}0\/16 simulations \| same-prompt, 10 % wrong\n/)
    expect(stdout).toMatch(/same-prompt\nwrong +in design +50 +100 +200\n10\.0 % +\S+ % +\d+\.\d ±\d/)
    expect(stdout).toMatch(/design +wrong +worth +simulated +theory\n/)
    expect((await readdir(join(folder, 'planned'))).toSorted()).toEqual([
      'config.json',
      'metrics.jsonl',
      'report.html',
    ])
    const page = await read('planned/report.html')
    expect(page).toMatch(/How many labels\?[\s\S]*Order accuracy, swiss[\s\S]*Theorem 20/)
    expect(page).not.toMatch(/(src|href)="https?:|NaN/)
    expect(prefkit(args)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('planned holds a run already'),
    })
    expect(await read('planned/metrics.jsonl')).toBe(await read('unbroken/metrics.jsonl'))
  })

  it('learns more from more labels and from fewer wrong ones, as theory says', () => {
    const { stdout } = prefkit(['plan', '--resume', 'unbroken', '--json'])
    const { curves, population } = JSON.parse(stdout)
    expect(population).toEqual({ prompts: 40, responses: 160, allPrompts: 40, features: 4 })
    for (const { errorRate, designErrorRate, points } of curves.slice(0, 2)) {
      expect(points.map(({ labels }: { labels: number }) => labels)).toEqual([50, 100, 200])
      expect(points.at(-1).accuracy.mean).toBeGreaterThan(points[0].accuracy.mean)
      // Pairs of one prompt, but other ones than those that the rate is of: four standard errors of 200.
      expect(Math.abs(designErrorRate - errorRate)).toBeLessThan(0.05)
    }
    const [low, high] = curves
    expect(low.points.at(-1).accuracy.mean).toBeGreaterThan(high.points.at(-1).accuracy.mean)
    expect(low.points.at(-1).predicted).toBeGreaterThan(high.points.at(-1).predicted)
    expect(low.worth).toBeCloseTo(1, 9)
    expect(high.worth).toBeLessThan(0.5)
  })

  it('plans with a table, as far as its pairs reach', () => {
    const args = [
      'plan',
      'scored.jsonl',
      '--designs',
      'top-vs-rest',
      '--error-rates',
      '0.2',
      '--budgets',
      '40,1000',
    ]
    const { status, stdout } = prefkit([
      ...args,
      '--repeats',
      '1',
      '--prompts',
      '15',
      '--out',
      'table',
      '--json',
    ])
    expect(status).toBe(0)
    const { curves, population } = JSON.parse(stdout)
    expect(population).toEqual({ prompts: 15, responses: 75, allPrompts: 60 })
    expect(curves[0]).toMatchObject({ available: 60, points: [{ labels: 40 }], neededBySimulation: null })
  })

  /** Stops a plan once so many simulations are done. */
  async function stopAfter(out: string, count: number, signal: NodeJS.Signals) {
    const child = startPrefkit(folder, ['noise', 'plan', ...small, '--out', out])
    let stderr = ''
    child.stderr!.on('data', (piece) => {
      stderr += piece
    })
    const end = once(child, 'exit')
    const done = async () => (await read(join(out, 'metrics.jsonl')).catch(() => '')).split('\n').length - 1
    while (child.exitCode === null && (await done()) < count)
      await new Promise((resolve) => setTimeout(resolve, 2))
    child.kill(signal)
    await end
    return { stderr, done: await done(), status: child.exitCode }
  }

  it.each(['SIGINT', 'SIGKILL'] as const)('stopped by %s, goes on to the same end', async (signal) => {
    const out = `stopped-${signal}`
    const { stderr, done, status } = await stopAfter(out, 2, signal)
    expect(done).toBeLessThan(16)
    if (signal === 'SIGINT') {
      expect(stderr).toContain(`stopped; go on with: prefkit noise plan --resume ${out}`)
      expect(status).toBe(130)
    } else {
      // What a kill in the middle of a line leaves.
      await writeFile(
        join(folder, out, 'metrics.jsonl'),
        `${await read(join(out, 'metrics.jsonl'))}{"facts": {"des`,
      )
    }
    expect(prefkit(['plan', '--resume', out, '--quiet'])).toMatchObject({ status: 0, stderr: '' })
    expect(await read(join(out, 'metrics.jsonl'))).toBe(await read('unbroken/metrics.jsonl'))
  })

  it('does not go on with another table', async () => {
    await writeFile(join(folder, 'scored.jsonl'), scoredLines().repeat(2))
    expect(prefkit(['plan', '--resume', 'table', '--quiet'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error: \S+scored\.jsonl: is not the file that table began with; begin anew\n$/,
      ),
    })
    await writeFile(join(folder, 'scored.jsonl'), scoredLines())
  })

  it('goes on from another folder, and says how the plan was made', async () => {
    await mkdir(join(folder, 'elsewhere'))
    const { status, stderr } = runPrefkit(join(folder, 'elsewhere'), [
      ...['noise', 'plan', '--resume', '../table', '--quiet'],
    ])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const page = await read('table/report.html')
    expect(page).toMatch(
      /prefkit noise plan \S+scored\.jsonl --prompts 15 --designs top-vs-rest --error-rates 0\.2/,
    )
    expect(page).not.toContain('--resume')
  })

  it.each([
    ['a line that is no JSON', (lines: string[]) => lines.with(1, '{"facts": {'), 2, 'is no valid JSON'],
    [
      'a line of another kind',
      (lines: string[]) => lines.with(2, '{"step": 1}'),
      3,
      'is no simulation of a plan',
    ],
    [
      'lines in another order',
      (lines: string[]) => [lines[1]!, lines[0]!, ...lines.slice(2)],
      1,
      'is of same-prompt',
    ],
    ['a line too many', (lines: string[]) => [...lines, lines[0]!], 17, 'is one simulation more'],
    [
      'other numbers of labels',
      (lines: string[]) => lines.with(0, lines[0]!.replace('"labels":50', '"labels":60')),
      1,
      'has 60, 100, 200 labels; the configuration has 50, 100, 200',
    ],
  ] as const)('refuses %s by its place', async (_, spoil, line, message) => {
    const metrics = await read('unbroken/metrics.jsonl')
    await writeFile(
      join(folder, 'unbroken/metrics.jsonl'),
      `${spoil(metrics.trim().split('\n')).join('\n')}\n`,
    )
    const { status, stderr } = prefkit(['plan', '--resume', 'unbroken', '--quiet'])
    await writeFile(join(folder, 'unbroken/metrics.jsonl'), metrics)
    expect(stderr).toContain(`error: unbroken/metrics.jsonl:${line}: ${message}`)
    expect(status).toBe(1)
  })

  it('does not mix simulations of two configurations or two versions', async () => {
    const text = await read('unbroken/config.json')
    const config = JSON.parse(text)
    const resumed = async (changed: object) => {
      await writeFile(join(folder, 'unbroken/config.json'), JSON.stringify(changed))
      return prefkit(['plan', '--resume', 'unbroken', '--quiet'])
    }
    const edited = await resumed({ ...config, config: { ...config.config, repeats: 5 } })
    expect(edited).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /metrics\.jsonl:5: is of same-prompt, error rate 0\.3, repeat 0; .* repeat 4 here/,
      ),
    })
    const older = await resumed({ ...config, prefkit: '0.0.0-older' })
    expect(older).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('was begun by prefkit 0.0.0-older; this is '),
    })
    await writeFile(join(folder, 'unbroken/config.json'), text)
  })
})
