import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readModel } from '@prefkit/trees'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparisonLines, runPrefkit, startPrefkit } from './testing/run-prefkit'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-trees-'))
  await writeFile(join(folder, 'pairs.jsonl'), comparisonLines(120))
})
afterAll(() => rm(folder, { recursive: true }))

const prefkit = (args: readonly string[], input = '') => runPrefkit(folder, args, input)
const train = (...own: string[]) => [
  ...['reward', 'train', '--data', 'pairs.jsonl', '--embedder', 'hashed-ngrams:64', ...own],
]
const small = ['--trees', 'num_leaves=4,min_data_in_leaf=5']

describe('prefkit reward train --model clf-trees', () => {
  it('leaves a run whose model is scored, evaluated and read as any other', async () => {
    const args = train('--model', 'clf-trees', ...small, '--members', '2', '--out', 'whole', '--json')
    const { status, stdout, stderr } = prefkit(args)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ run: 'whole', backend: 'trees', inputs: 64 + 19 })
    expect(result.evaluation.accuracy.accuracy).toBeGreaterThan(0.9)
    expect((await readdir(join(folder, 'whole/model'))).toSorted()).toEqual([
      ...['model.json', 'trees-0.txt', 'trees-1.txt'],
    ])
    const text = await readFile(join(folder, 'whole/model/trees-0.txt'), 'utf8')
    expect(readModel(text).objective).toBe('binary sigmoid:1')
    const records = (await readFile(join(folder, 'whole/metrics.jsonl'), 'utf8')).trim().split('\n')
    expect(records.length).toBe(result.steps)
    expect(JSON.parse(records.at(-1)!)).toMatchObject({
      ...{ member: 1, loss: expect.any(Number), eval_accuracy: expect.any(Number) },
    })
    const report = await readFile(join(folder, 'whole/report.html'), 'utf8')
    for (const part of ['CLF-Trees', '@prefkit/trees', 'clf-trees']) expect(report).toContain(part)
    const row = '{"prompt": "question", "response": "answer"}\n'
    const scored = prefkit(['reward', 'score', '--model', 'whole', '--combine', 'min', '-'], row)
    expect(scored).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(scored.stdout)).toMatchObject({ reward: expect.any(Number) })
    const evaluated = prefkit(['reward', 'eval', '--model', 'whole', 'pairs.jsonl', '--quiet'])
    expect(evaluated).toMatchObject({ status: 0, stderr: '' })
    expect(evaluated.stdout).toContain('scored by @prefkit/trees')
    const elsewhere = prefkit(['reward', 'eval', '--model', 'whole', 'pairs.jsonl', '--backend', 'native'])
    expect(elsewhere).toMatchObject({ status: 1, stdout: '' })
    expect(elsewhere.stderr).toMatch(/^error: --backend: trees run on no backend; leave it out, got native/)
  })

  it('says what it did, in rounds', () => {
    const { status, stdout } = prefkit(train('--model', 'bt-trees', ...small, '--out', 'told', '--quiet'))
    expect(status).toBe(0)
    expect(stdout).toMatch(/trained on \d+ comparisons, 83 features, \d+ steps, by @prefkit\/trees/)
    expect(stdout).toMatch(/stopped early after round \d+ of 1000/)
  })

  it.each([
    [train('--model', 'trees'), /^error: --model: expected one of bt-mlp, .*clf-trees.* got trees\n$/],
    [
      train('--trees', 'num_leaves=4'),
      /^error: --trees: expected --model bt-trees or clf-trees, got no --model/,
    ],
    [
      train('--model', 'clf-trees', '--hidden', '8'),
      /^error: --hidden: is of an MLP; with --model clf-trees leave it out\n$/,
    ],
    [
      train('--model', 'clf-trees', '--no-standardize'),
      /^error: --no-standardize: is of an MLP; with --model clf-trees leave it out\n$/,
    ],
    [
      train('--model', 'clf-trees', '--learning-rate', '0.1'),
      /^error: --learning-rate: is of an MLP; with --model clf-trees say --trees learning_rate=0\.1\n$/,
    ],
    [
      train('--model', 'clf-trees', '--trees', 'num_leafs=4'),
      /^error: trees: no parameter 'num_leafs'; did you mean num_leaves\?\n$/,
    ],
    [
      train('--model', 'clf-trees', '--trees', 'num_leaves'),
      /expected <name>=<value>, such as num_leaves=15, got 'num_leaves'/,
    ],
    [
      train('--model', 'clf-trees', '--trees', 'num_leaves=15,num_leaves=7'),
      /expected each name once, got 'num_leaves' again/,
    ],
    [
      train('--model', 'clf-trees', '--backend', 'gpu'),
      /^error: --backend: trees run on no backend; leave it out, got gpu\n$/,
    ],
    [
      train('--model', 'clf-trees', '--backend', 'nonsense'),
      /^error: --backend: trees run on no backend; leave it out, got nonsense\n$/,
    ],
    [
      train('--model', 'clf-trees', '--trees', 'min_data_in_leaf=5000', '--quiet'),
      /^error: no split of \d+ rows leaves trees\.min_data_in_leaf \(5000\) rows/,
    ],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = prefkit([...args, '--out', 'refused'])
    expect(stderr).toMatch(message)
    expect(status).toBe(1)
    expect(await readdir(folder)).not.toContain('refused')
  })
})

describe('a run of trees that is killed', () => {
  const settings = (out: string) =>
    train('--model', 'bt-trees', ...small, '--patience', '0', '--out', out, '--checkpoint-seconds', '0')
  const checkpoints = async (out: string): Promise<number[]> => {
    const names = await readdir(join(folder, out, 'checkpoints')).catch(() => [])
    return names.flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? []).map(Number)
  }

  it('comes to the same end as one that never was', async () => {
    expect(prefkit([...settings('unbroken'), '--quiet']).status).toBe(0)
    const child = startPrefkit(folder, settings('killed'))
    const end = once(child, 'exit')
    while (child.exitCode === null && (await checkpoints('killed')).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    child.kill('SIGKILL')
    expect((await end)[1]).toBe('SIGKILL')
    const [last] = await checkpoints('unbroken')
    expect(Math.max(...(await checkpoints('killed')))).toBeLessThan(last!)
    expect(prefkit(['reward', 'train', '--resume', 'killed', '--quiet'])).toMatchObject({
      ...{ status: 0, stderr: '' },
    })
    for (const file of ['metrics.jsonl', 'model/model.json', 'model/trees-0.txt']) {
      const content = await readFile(join(folder, 'killed', file), 'utf8')
      expect(content).toBe(await readFile(join(folder, 'unbroken', file), 'utf8'))
    }
  })
})
