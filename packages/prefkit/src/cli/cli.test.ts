import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { comparisonLines, runLimited, runPrefkit, startPrefkit } from './testing/run-prefkit'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-cli-'))
  await writeFile(join(folder, 'pairs.jsonl'), comparisonLines(120))
})
afterAll(() => rm(folder, { recursive: true }))

const prefkit = (args: readonly string[], input = '') => runPrefkit(folder, args, input)

const quick = ['--embedder', 'hashed-ngrams:64', '--hidden', '8', '--epochs', '4', '--batch-size', '16']

describe('prefkit', () => {
  it('says what there is, with examples, for every command', () => {
    const help = prefkit(['--help'])
    expect(help).toMatchObject({ status: 0, stderr: '' })
    expect(help.stdout).toMatch(/demo.*[\s\S]*reward.*[\s\S]*data/)
    for (const command of [
      'demo',
      'demo reward',
      'reward train',
      'reward score',
      'reward eval',
      'data inspect',
      'data convert',
    ]) {
      const { status, stdout } = prefkit([...command.split(' '), '--help'])
      expect(status).toBe(0)
      expect(stdout).toContain(`\nExamples:\n  $ prefkit ${command}`)
    }
    expect(prefkit(['--version']).stdout).toBe(`${manifest.version}\n`)
  })

  it.each([
    [['reward', 'tran'], /unknown command 'tran'[\s\S]*Did you mean train/],
    [
      ['reward', 'train', '--hidden', 'wide', '--data', 'pairs.jsonl'],
      /'--hidden <widths>' argument 'wide' is invalid. expected a number/,
    ],
    [['reward', 'train'], /^error: expected --data <files\.\.\.>, or --resume <directory>\n$/],
    [
      ['reward', 'train', '--data', 'pairs.jsonl', '--epochs', '0'],
      /^error: .*epochs: expected a whole number ≥ 1, got 0\n$/,
    ],
    [
      ['reward', 'train', '--data', 'pairs.jsonl', '--model', 'mlp'],
      /^error: --model: expected one of bt-mlp, /,
    ],
    [
      ['reward', 'train', '--data', 'pairs.jsonl', '--embedder', 'bert'],
      /^error: --embedder: expected .*, got "bert"\n$/,
    ],
    [
      ['reward', 'train', '--data', 'pairs.jsonl', '--features', 'answer'],
      /^error: parts: expected some of .*; got answer\n$/m,
    ],
    [
      ['reward', 'train', '--data', 'pairs.jsonl', '--test-fraction', '1'],
      /^error: option '--test-fraction <share>' argument '1' is invalid\. expected a number of at least 0 and less than 1\n/,
    ],
    [
      ['reward', 'train', '--data', 'pairs.jsonl', '--backend', 'cuda'],
      /^error: backend: expected auto, reference, native, gpu, gpu-webgpu, .*, got "cuda"\n$/,
    ],
    [['reward', 'train', '--data', 'nowhere.jsonl'], /^error: nowhere\.jsonl: could not be read: ENOENT/],
    [['data', 'inspect', 'nowhere.jsonl'], /^error: nowhere\.jsonl: .*(no such file|ENOENT)/im],
    [
      ['data', 'convert', 'pairs.jsonl', '--to', 'xml', '--out', 'x'],
      /^error: option '--to <dialect>' argument 'xml' is invalid\. Allowed choices are trl, .*, openai-dpo\.\n/,
    ],
    [
      ['data', 'convert', 'pairs.jsonl', '--to', 'trl', '--from', 'xml', '--out', 'x'],
      /^error: option '--from <dialect>' argument 'xml' is invalid\. Allowed choices are rm-bench, .*\.\n/,
    ],
    [
      ['reward', 'score', '--model', 'nowhere', '--out', 'x.parquet'],
      /^error: option '--out <file>' argument 'x\.parquet' is invalid\. JSON Lines are written: expected /,
    ],
    [['data', 'convert', 'pairs.jsonl', '--to', 'trl', '--out', 'x.parquet'], /'x\.parquet' is invalid/],
    [['data', 'convert', 'pairs.jsonl', '--to', 'trl', '--out', 'x.PARQUET'], /'x\.PARQUET' is invalid/],
    [['reward', 'score', '--model', 'nowhere', '--out', 'x.parquet.gz'], /'x\.parquet\.gz' is invalid/],
    [
      ['reward', 'eval', '--model', 'nowhere', 'pairs.jsonl'],
      /^error: nowhere\/model\.json: could not be read: ENOENT/,
    ],
    [['reward', 'score', '--model', 'nowhere'], /^error: nowhere\/model\.json: could not be read: ENOENT/],
    // An option of the command that it stands behind, not of `demo`, which has one of the name.
    [['demo', 'reward', '--out', '.'], /^error: \. is not empty \(.*\): choose another --out\n$/],
    [['reward', 'train', '--resume', 'nowhere'], /^error: nowhere is no run: it has no config\.json\n$/],
    [['reward', 'train', '--resume', 'x', '--epochs', '3'], /^error: --epochs cannot be given with --resume/],
  ])('%j tells what is wrong and leaves nothing behind', async (args, message) => {
    const before = await readdir(folder)
    const { status, stdout, stderr } = prefkit(args)
    expect(stderr).toMatch(message)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(await readdir(folder)).toEqual(before)
  })

  it('gives errors to machines as JSON', () => {
    const { status, stdout } = prefkit(['data', 'inspect', 'nowhere.jsonl', '--json'])
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: expect.any(String), message: expect.stringContaining('nowhere') },
    })
  })

  it.each([
    [['data', 'inspect'], /^missing required argument 'files'$/],
    [['reward', 'score'], /^required option '--model <directory>' not specified$/],
    [['reward', 'train', '--epoch', '3'], /^unknown option '--epoch'\n\(Did you mean --epochs\?\)$/],
    [['reward', 'train', '--epochs', 'abc'], /'--epochs <count>' argument 'abc' is invalid/],
    [['reward', 'tran'], /^unknown command 'tran'/],
    [
      ['data', 'inspect', 'pairs.jsonl', '--dialect', 'xml'],
      /^option '--dialect <name>' argument 'xml' is invalid/,
    ],
    [
      ['data', 'inspect', 'pairs.jsonl', '--labels', 'x'],
      /'x' is invalid\. Allowed choices are tie-first-second, /,
    ],
    [['data', 'convert', 'pairs.jsonl', '--out', 'x'], /^required option '--to <dialect>' not specified$/],
  ])('%j with --json gives its fault as JSON, and to people as before', (args, message) => {
    const { status, stdout, stderr } = prefkit([...args, '--json'])
    const { error } = JSON.parse(stdout)
    expect(error).toEqual({ code: 'USAGE', message: expect.stringMatching(message) })
    expect(stderr).toBe(`error: ${error.message}\n(--help says what there is)\n`)
    expect(status).toBe(1)
  })

  it('reads labels of 0 and 1 only when told what they mean', async () => {
    const rows = [0, 1].map((label) => ({ response_a: `a${label}`, response_b: `b${label}`, label }))
    const path = join(folder, 'labels.jsonl')
    await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const convert = (...more: string[]) =>
      prefkit(['data', 'convert', path, '--to', 'trl', '--out', join(folder, 'labels-trl.jsonl'), ...more])
    expect(convert()).toMatchObject({ status: 1, stderr: expect.stringContaining('can mean three things') })
    for (const [coding, chosen] of [
      ['first-second', ['a0', 'b1']],
      ['second-first', ['b0', 'a1']],
    ] as const) {
      expect(convert('--labels', coding).status).toBe(0)
      const written = (await readFile(join(folder, 'labels-trl.jsonl'), 'utf8')).trim().split('\n')
      expect(written.map((line) => JSON.parse(line).chosen)).toEqual(chosen)
    }
    expect(prefkit(['data', 'inspect', path, '--labels', 'first-second']).stdout).toContain(
      '2 comparisons without a prompt',
    )
  })

  it('gives help, not an error, when asked for it with --json', () => {
    const { status, stdout } = prefkit(['data', 'inspect', '--json', '--help'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^Usage: /) })
  })
})

describe('prefkit reward train', () => {
  it.each([
    ['an empty file', '', /^error: .*empty\.jsonl/],
    ['a row that is no JSON', '{"prompt": "a"', /^error: .*empty\.jsonl:1: /],
    [
      'a missing field',
      '{"prompt": "a", "chosen": "b", "rejected": "c"}\n{"prompt": "a", "chosen": "b"}\n',
      /^error: .*empty\.jsonl:2: .*rejected/,
    ],
    [
      'a field of another type',
      '{"prompt": "a", "chosen": "b", "rejected": 3}\n',
      /^error: .*empty\.jsonl:1: .*rejected/,
    ],
    [
      'only identical pairs',
      '{"prompt": "a", "chosen": "b", "rejected": "b"}\n'.repeat(3),
      /^error: .*the chosen and the rejected response are the same/,
    ],
  ])('refuses %s', async (_, content, message) => {
    await writeFile(join(folder, 'empty.jsonl'), content)
    const { status, stderr } = prefkit([
      'reward',
      'train',
      '--data',
      'empty.jsonl',
      '--quiet',
      '--out',
      'refused',
      '--test-fraction',
      '0',
    ])
    expect(stderr).toMatch(message)
    expect(status).toBe(1)
    expect(await readdir(folder)).not.toContain('refused')
  })

  it('trains on one pair, with nothing left for a test', async () => {
    await writeFile(join(folder, 'one.jsonl'), '{"prompt": "a", "chosen": "b", "rejected": "c"}\n')
    const { status, stdout } = prefkit([
      'reward',
      'train',
      '--data',
      'one.jsonl',
      '--quiet',
      '--out',
      'one',
      ...quick,
    ])
    expect(status).toBe(0)
    expect(stdout).toContain('trained on 1 comparison, ')
  })

  it('counts bad rows and leaves them out when asked', async () => {
    await writeFile(join(folder, 'bad.jsonl'), `${comparisonLines(20)}{"prompt": 1}\n`)
    const { status, stdout } = prefkit([
      'reward',
      'train',
      '--data',
      'bad.jsonl',
      '--skip-bad',
      '--quiet',
      '--out',
      'bad',
      ...quick,
    ])
    expect(status).toBe(0)
    expect(stdout).toMatch(/20 comparisons; left out: 1 bad row\n {2}bad\.jsonl:21: /)
  })

  it('leaves a whole run: configuration, metrics, model, report; and does not train over it', async () => {
    const args = ['reward', 'train', '--data', 'pairs.jsonl', '--out', 'whole', '--json', ...quick]
    const { status, stdout, stderr } = prefkit(args)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({
      run: 'whole',
      model: 'whole/model',
      inputs: 64 + 19,
      test: expect.any(Number),
    })
    expect(result.evaluation.accuracy.accuracy).toBeGreaterThan(0.9)
    expect(result.train + result.test).toBe(120)
    expect((await readdir(join(folder, 'whole'))).toSorted()).toEqual([
      'checkpoints',
      'config.json',
      'metrics.jsonl',
      'model',
      'report.html',
    ])
    const records = (await readFile(join(folder, 'whole/metrics.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records.length).toBe(result.steps)
    expect(records.at(-1)).toMatchObject({
      step: result.steps,
      epoch: 4,
      loss: expect.any(Number),
      eval_loss: expect.any(Number),
    })
    const report = await readFile(join(folder, 'whole/report.html'), 'utf8')
    expect(report).toMatch(/^<!doctype html>[\s\S]*Reward model[\s\S]*<\/html>\s*$/i)
    expect(report).not.toMatch(/(src|href)="https?:/)
    expect(prefkit(args)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('whole holds a run already'),
    })
  })

  it('repeats exactly with the same seed, and not with another', async () => {
    const train = (out: string, seed: string) =>
      prefkit(['reward', 'train', '--data', 'pairs.jsonl', '--quiet', '--out', out, '--seed', seed, ...quick])
        .status
    expect([train('seed-a', '3'), train('seed-b', '3'), train('seed-c', '4')]).toEqual([0, 0, 0])
    const read = (out: string, file: string) => readFile(join(folder, out, file))
    for (const file of ['metrics.jsonl', 'model/model.json', 'model/model.safetensors']) {
      expect(await read('seed-a', file)).toEqual(await read('seed-b', file))
    }
    expect(await read('seed-a', 'model/model.safetensors')).not.toEqual(
      await read('seed-c', 'model/model.safetensors'),
    )
  })
})

describe('a run that is stopped', () => {
  const files = ['metrics.jsonl', 'model/model.json', 'model/model.safetensors']
  const epochs = 150
  const settings = (out: string) => [
    ...['reward', 'train', '--data', 'pairs.jsonl', '--out', out, ...quick.slice(0, 4)],
    ...['--epochs', `${epochs}`, '--patience', '0', '--batch-size', '4', '--checkpoint-seconds', '0'],
  ]
  const steps = async (out: string): Promise<number[]> => {
    const names = await readdir(join(folder, out, 'checkpoints')).catch(() => [])
    return names.flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? []).map(Number)
  }

  beforeAll(() => {
    expect(prefkit([...settings('unbroken'), '--quiet']).status).toBe(0)
  })

  /** Waits until the run has a checkpoint, then sends the signal and waits for the end. */
  async function stopAfterCheckpoint(out: string, signal: NodeJS.Signals) {
    const child = startPrefkit(folder, settings(out))
    let stderr = ''
    child.stderr!.on('data', (piece) => {
      stderr += piece
    })
    const end = once(child, 'exit')
    while (child.exitCode === null && (await steps(out)).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    child.kill(signal)
    const [status, killedBy] = await end
    return { status, killedBy, stderr }
  }

  async function expectSameEnd(out: string): Promise<void> {
    const [last] = await steps('unbroken')
    expect(Math.max(...(await steps(out)))).toBeLessThan(last!)
    expect(prefkit(['reward', 'train', '--resume', out, '--quiet'])).toMatchObject({ status: 0, stderr: '' })
    for (const file of files) {
      expect(await readFile(join(folder, out, file))).toEqual(await readFile(join(folder, 'unbroken', file)))
    }
  }

  it('by Ctrl-C says how to go on, and comes to the same end as one that never stopped', async () => {
    const { status, stderr } = await stopAfterCheckpoint('stopped', 'SIGINT')
    expect(stderr).toContain('stopped; go on with: prefkit reward train --resume stopped')
    expect(status).toBe(130)
    expect(await readdir(join(folder, 'stopped'))).not.toContain('model')
    await expectSameEnd('stopped')
  })

  it('by a kill comes to the same end too', async () => {
    const { killedBy } = await stopAfterCheckpoint('killed', 'SIGKILL')
    expect(killedBy).toBe('SIGKILL')
    await expectSameEnd('killed')
  })

  it('by a full disk says so, and goes on once there is room', async () => {
    // A limit on the size of files stands in for the full disk; 64 blocks of 512 bytes hold a checkpoint, not the metrics.
    const { status, stderr } = runLimited(folder, 64, [...settings('full'), '--quiet'])
    expect(stderr).toMatch(/^error: full\/.*could not be written: EFBIG/)
    expect(status).toBe(1)
    await expectSameEnd('full')
  })

  it('goes on after its end to the same end', () => {
    expect(prefkit(['reward', 'train', '--resume', 'unbroken', '--quiet'])).toMatchObject({
      status: 0,
      stderr: '',
    })
  })

  it('does not go on with other data', async () => {
    await writeFile(join(folder, 'pairs.jsonl'), comparisonLines(121))
    expect(prefkit(['reward', 'train', '--resume', 'unbroken', '--quiet'])).toMatchObject({
      status: 1,
      stderr: 'error: pairs.jsonl: is not the file that unbroken began with; train anew\n',
    })
    await writeFile(join(folder, 'pairs.jsonl'), comparisonLines(120))
  })
})

describe('Ctrl-C', () => {
  /** Starts a command, gives it input that does not end, and interrupts it once it shows progress. */
  async function interrupt(args: readonly string[], input = '') {
    const child = startPrefkit(folder, args, 'pipe')
    child.stdin!.on('error', () => {}).write(input)
    let stderr = ''
    let isSent = false
    child.stderr!.on('data', (piece) => {
      stderr += piece
      if (isSent || !/(scoring|training) /.test(stderr)) return
      isSent = true
      child.kill('SIGINT')
    })
    const [status] = await once(child, 'close')
    return { status, stderr }
  }

  it('ends a scoring that waits for more rows', async () => {
    const rows = '{"prompt": "question", "response": "answer"}\n'.repeat(600)
    const args = ['reward', 'score', '--model', 'unbroken', '--out', 'scored.jsonl']
    const { status, stderr } = await interrupt(args, rows)
    expect(stderr).toContain('stopped; scored.jsonl was not written')
    expect(status).toBe(130)
    expect((await readdir(folder)).filter((name) => name.startsWith('scored'))).toEqual([])
  })

  it.each(['stopped.jsonl', 'stopped.jsonl.gz'])(
    'ends the scoring of a file, and leaves no %s',
    async (out) => {
      // A file without an end: rows are written into it for as long as they are read.
      const endless = `endless-${out}`
      expect(spawnSync('mkfifo', [endless], { cwd: folder }).status).toBe(0)
      const row = '{"prompt": "question", "response": "answer"}'
      const writer = spawn('sh', ['-c', 'exec yes "$0" > "$1"', row, endless], {
        cwd: folder,
        stdio: 'ignore',
      })
      const isOver = once(writer, 'exit')
      const args = ['reward', 'score', '--model', 'unbroken', endless, '--out', out]
      const { status, stderr } = await interrupt(args)
      writer.kill()
      await isOver
      expect(stderr).toMatch(new RegExp(`\nstopped; ${out} was not written\n$`))
      expect(status).toBe(130)
      expect((await readdir(folder)).filter((name) => name.startsWith(out))).toEqual([])
    },
  )

  it('ends a demo without leaving a run', async () => {
    const { status, stderr } = await interrupt(['demo', 'reward', '--out', 'demo'])
    expect(stderr).toContain('stopped; nothing was written')
    expect(status).toBe(130)
    expect(await readdir(folder)).not.toContain('demo')
  })
})

describe('a run', () => {
  it('that fails before its first checkpoint leaves nothing behind', async () => {
    const args = ['reward', 'train', '--data', 'pairs.jsonl', '--out', 'diverged', '--quiet', ...quick]
    expect(prefkit([...args, '--learning-rate', '1e38'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: .* at step \d+; a lower learningRate/),
    })
    expect(await readdir(folder)).not.toContain('diverged')
  })

  it('that has not finished cannot be scored with; the message says how to go on', async () => {
    await mkdir(join(folder, 'half'))
    await writeFile(join(folder, 'half/config.json'), '{}')
    expect(prefkit(['reward', 'eval', '--model', 'half', 'pairs.jsonl'])).toMatchObject({
      status: 1,
      stderr: 'error: half is a run that has not finished; go on with: prefkit reward train --resume half\n',
    })
  })

  it('is not begun where a file is in the way', () => {
    const args = ['reward', 'train', '--data', 'pairs.jsonl', '--quiet', ...quick]
    expect(prefkit([...args, '--out', 'pairs.jsonl/run'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error: pairs\.jsonl\/run could not be written: .*pairs\.jsonl is a file/,
      ),
    })
  })
})

describe('a test file', () => {
  it('that brings prompts of the training data is noticed', () => {
    const args = [
      'reward',
      'train',
      '--data',
      'pairs.jsonl',
      '--test',
      'pairs.jsonl',
      '--out',
      'shared',
      '--quiet',
    ]
    const { stdout, status } = prefkit([...args, ...quick])
    expect(status).toBe(0)
    expect(stdout).toContain('warning: 60 prompts of the test are in the training data too')
  })
})
