import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { annotationErrorRate, comparisonsOf } from '@prefkit/noise'
import { afterAll, describe, expect, it } from 'vitest'
import { type SimulateConfig, simulateComparisons } from '../index'
import type { AnnotatorConfig } from './annotator-model'
import { responsesOf } from './collect-labels'

const folder = mkdtempSync(join(tmpdir(), 'prefkit-simulate-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file of this name and rows. */
function file(name: string, rows: readonly object[]): string {
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path
}

/** Five responses to each of 60 prompts, with lengths and authors; their scores have gaps of all sizes. */
const scored = Array.from({ length: 300 }, (_, i) => ({
  prompt: `question ${Math.floor(i / 5)}`,
  id: `${i}`,
  score: 2 * Math.sin(i * i) + Math.cos(Math.floor(i / 5)),
  length: 1 + (i % 7),
  author: (i % 4) - 1,
}))
const path = file('scored.jsonl', scored)

const simulated = (config: Partial<SimulateConfig>) =>
  simulateComparisons({
    files: [path],
    columns: {},
    annotator: { annotator: 'logistic' },
    annotators: 1,
    votes: 1,
    seed: 3,
    ...config,
  })

describe('an error rate is that of the labels to be given', () => {
  const crowd = { annotators: 3, votes: 2 }
  it.each([
    [{ ability: [1, 0.3, 0.1] }, crowd],
    [{ flip: [0, 0.1, 0.3] }, crowd],
    [{ fatigue: 100 }, { annotators: 10, votes: 2 }],
    [{ fatigue: [20, 400, 900] }, crowd],
    [{ ties: [0, 0.4, 1.5] }, crowd],
    [{ positionBias: [0, 0.3, -0.5] }, crowd],
    [{ lengthBias: [0, 0.1, -0.2] }, crowd],
    [{ selfPreference: [0, 0.4, 0.8] }, crowd],
    [{ cycles: [0, 0.1, 0.3] }, crowd],
    [{ personalBias: 0.2 }, crowd],
    [{ worstCase: 0.05 }, crowd],
    [{ annotator: 'perfect', flip: [0, 0.1, 0.2] }, crowd],
  ] as [Partial<AnnotatorConfig>, { annotators: number; votes: number }][])('%j, %j', async (own, who) => {
    const config = { ...who, errorRate: 0.2, design: 'same-prompt', budget: 400 } as const
    const { summary } = await simulated({ ...config, annotator: { annotator: 'logistic', ...own } })
    expect(Math.abs(summary.expectedErrorRate! - 0.2)).toBeLessThan(1e-9)
    // Independent labels of 800: five standard errors.
    expect(Math.abs(summary.errorRate! - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / summary.labels))
  })

  it('or of random pairs of one prompt, whatever the design, as plan has it', async () => {
    const config = { errorRate: 0.2, design: 'diversified', budget: 60 } as const
    const { summary, model, table } = await simulated({ ...config, calibrateOn: 'same-prompt' })
    // The widest pairs are the easiest.
    expect(summary.expectedErrorRate!).toBeLessThan(0.1)
    const pairs = { first: [] as number[], second: [] as number[] }
    scored.forEach((one, a) => {
      scored.forEach((other, b) => {
        if (a >= b || one.prompt !== other.prompt) return
        pairs.first.push(a)
        pairs.second.push(b)
      })
    })
    const all = comparisonsOf(responsesOf(table), pairs)
    expect(annotationErrorRate(all, model.annotator)).toBeCloseTo(0.2, 9)
  })

  it('of random pairs of one prompt for a design that goes by labels, tired annotators included', async () => {
    const config = { errorRate: 0.2, design: 'swiss', budget: 120 } as const
    const annotator = { annotator: 'logistic', fatigue: 40 } as const
    const rested = await simulated(config)
    const tired = await simulated({ ...config, annotator })
    expect(tired.model.calibrated!.value).toBeGreaterThan(1.5 * rested.model.calibrated!.value)
    await expect(simulated({ ...config, calibrateOn: 'design' })).rejects.toThrowError(
      '--calibrate-on design: the pairs of swiss are not known before; expected same-prompt',
    )
  })
})

describe('what is asked for is there', () => {
  it.each([
    [{ calibrateOn: 'same-prompt' }, '--calibrate-on: expected --error-rate with it'],
    [{ votes: 2 }, '--votes: expected at most --annotators, which is 1, got 2'],
    [
      { annotators: 2, annotator: { annotator: 'logistic', ability: [1, 0.5, 0] } },
      '--ability: expected one number, or one for each of --annotators 2, got 3',
    ],
    [
      { annotators: 3, annotator: { annotator: 'logistic', flip: [0, 0.1] } },
      '--flip: expected one number, or one for each of --annotators 3, got 2',
    ],
    [{ annotator: { annotator: 'logistic', ties: -1 } }, /^--ties is -1; expected/],
    [
      { annotators: 2, annotator: { annotator: 'logistic', flip: [0.1, 2] } },
      /^--flip\[1\] is 2; expected .* from 0 to 1$/,
    ],
    [{ annotator: { annotator: 'logistic', worstCase: 1.5 } }, /^--worst-case is 1\.5; expected/],
    [{ annotator: { annotator: 'logistic', beta: -1 } }, /^--beta is -1; expected/],
    [{ errorRate: 0.7 }, /^an error rate of 0\.7: on these comparisons some β gives/],
  ] as [Partial<SimulateConfig>, string | RegExp][])('%j', async (config, message) => {
    await expect(simulated(config)).rejects.toThrowError(message)
    await expect(simulated(config)).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  })

  it('refuses to pair by prompt where the table has none', async () => {
    const files = [
      file(
        'unprompted.jsonl',
        scored.map(({ prompt: _, ...row }) => row),
      ),
    ]
    await expect(simulated({ files })).rejects.toThrowError(
      'the design same-prompt pairs responses by their prompt, which the table has not: expected --columns prompt=<column>',
    )
    const random = await simulated({ files, design: 'random', budget: 40 })
    expect(random.summary.labels).toBe(40)
    await expect(
      simulated({ files, design: 'random', budget: 40, errorRate: 0.2, calibrateOn: 'same-prompt' }),
    ).rejects.toThrowError('--calibrate-on same-prompt pairs responses by their prompt')
  })

  it('refuses a prompt in some rows only, and a column of prompts that is not there', async () => {
    const files = [file('some.jsonl', [{ prompt: 'a', score: 1 }, { score: 2 }])]
    await expect(simulated({ files })).rejects.toThrowError(/some\.jsonl:2: field "prompt": is missing/)
    await expect(simulated({ columns: { prompt: 'ask' } })).rejects.toThrowError(
      /scored\.jsonl:1: field "ask": is missing/,
    )
  })

  it('counts in words that agree in number', async () => {
    const files = [file('single.jsonl', [{ prompt: 'a', score: 1 }])]
    await expect(simulated({ files })).rejects.toThrowError(/expected pairs, found 1 response to 1 prompt$/)
  })

  it('names responses of several files apart', async () => {
    const rows = [
      { prompt: 'a', score: 1 },
      { prompt: 'a', score: 2 },
    ]
    const { table } = await simulated({ files: [file('one.jsonl', rows), file('two.jsonl', rows)] })
    expect(new Set(table.ids).size).toBe(4)
  })
})
