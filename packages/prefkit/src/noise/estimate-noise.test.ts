import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type EstimateConfig, estimateNoise } from '../index'
import { countedErrorRate } from './counted-error'
import { estimateReport } from './estimate-report'

const folder = mkdtempSync(join(tmpdir(), 'prefkit-estimate-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Numbers in [0, 1): a linear congruential generator with the constants of Numerical Recipes. */
function uniforms(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

interface Row {
  readonly item: string
  readonly first: string
  readonly second: string
  readonly annotator: string
  readonly label: string
  readonly delta: number
}

/** How often each annotator is wrong, whatever the difficulty. */
const wrongShares = [0.05, 0.1, 0.15, 0.3, 0.5]

/** All ask about 600 pairs of 40 players, player k of score k/10; every eleventh pair is far apart. */
function rowsOf(seed: number, shares: readonly number[] = wrongShares): Row[] {
  const uniform = uniforms(seed)
  return Array.from({ length: 600 }, (_, item) => {
    const first = Math.floor(40 * uniform())
    const second = (first + 1 + Math.floor(39 * uniform())) % 40
    const delta = (first - second) / 10
    return shares.map((share, who) => ({
      item: `${item}`,
      first: `p${first}`,
      second: `p${second}`,
      annotator: `w${who}`,
      label: uniform() < share === delta > 0 ? 'B' : 'A',
      delta,
    }))
  }).flat()
}

const estimated = (rows: readonly object[], config: Partial<EstimateConfig> = {}) => {
  const path = join(folder, 'votes.jsonl')
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return estimateNoise({ files: [path], columns: {}, bootstrap: 30, seed: 1, ...config })
}

const unscored = ({ delta: _, ...row }: Row) => row

describe('abilities', () => {
  it.each(['dawid-skene', 'mace', 'crowd-bt'] as const)('are recovered by %s', async (model) => {
    const found = await estimated(rowsOf(3).map(unscored), { model })
    expect(found).toMatchObject({ model, annotators: 5, notes: [], remarks: [], wrong: null, beta: null })
    for (const [i, share] of wrongShares.entries()) {
      const { accuracy, accuracyError } = found.abilities[i]!
      // Crowd-BT takes pairs of neighbours for hard ones, and flips of those for what anyone might say.
      const bias = model === 'crowd-bt' ? 0.04 : 0
      expect(Math.abs(accuracy! - (1 - share))).toBeLessThan(5 * accuracyError! + bias)
      // Truths known, it would be that of a share of 600 votes; resamples tell it to about an eighth.
      const counted = Math.sqrt((share * (1 - share)) / 600)
      // MACE has nobody below chance, where it is surer of one who is at it.
      const least = model === 'mace' && share === 0.5 ? 0.3 : 0.6
      expect(accuracyError!).toBeGreaterThan(least * counted)
      expect(accuracyError!).toBeLessThan(4 * counted)
    }
  })

  it('of one vote are as uncertain as one vote', async () => {
    const once = { ...unscored(rowsOf(3)[0]!), annotator: 'once' }
    for (const model of ['dawid-skene', 'mace'] as const) {
      const { abilities } = await estimated([...rowsOf(3).map(unscored), once], { model })
      expect(abilities.at(-1)).toMatchObject({ annotator: 'once', votes: 1 })
      expect(abilities.at(-1)!.accuracyError!).toBeGreaterThan(0.12)
    }
  })

  it('by Crowd-BT need what is compared, and labels that say which', async () => {
    const bare = rowsOf(1).map(({ first: _, second: __, ...row }) => row)
    await expect(estimated(bare, { model: 'crowd-bt' })).rejects.toThrowError(
      '--model crowd-bt: expected columns first and second (or --columns first=…,second=…)',
    )
    const unclear = rowsOf(1).map((row) => ({ ...unscored(row), label: row.label === 'A' ? 'yes' : 'no' }))
    const { abilities, notes } = await estimated(unclear, { model: 'crowd-bt' })
    expect(abilities[0]!.accuracy).toBe(null)
    expect(notes).toContain(
      'Crowd-BT: expected labels that say first or second, such as A and B, or 1 and −1',
    )
    await expect(estimated(bare, { model: 'mace', errors: 'confusion' })).rejects.toThrowError(
      '--errors: expected --model dawid-skene with it, got mace',
    )
  })

  it('are said to be where an iteration stopped, and to take ties for labels', async () => {
    const rows = rowsOf(2).map((row, i) => ({ ...unscored(row), ...(i % 9 === 0 && { label: 'tie' }) }))
    const { remarks } = await estimated(rows, { bootstrap: 0, maxIterations: 2 })
    expect(remarks).toEqual([
      'Dawid–Skene had not converged after 2 iterations; abilities are where it stopped',
      'abilities take a tie, tie, as a label that can be the true one',
    ])
    const crowd = await estimated(rows, { model: 'crowd-bt' })
    expect(crowd.remarks).toEqual(['abilities leave out ties'])
  })
})

describe('against scores', () => {
  it('counts what is wrong, and says that β implies otherwise where difficulty is not why', async () => {
    const rows = rowsOf(5)
    const { wrong, beta, remarks, differences } = await estimated(rows)
    const share = rows.filter(({ label, delta }) => (label === 'A') !== delta > 0).length / rows.length
    expect(wrong!.value).toBeCloseTo(share, 12)
    expect(beta!.errorRate - share).toBeGreaterThan(0.02)
    expect(remarks).toEqual([
      expect.stringMatching(
        `^β does not fit: it implies that ${(100 * beta!.errorRate).toFixed(1)} % of votes are wrong, and ${(100 * share).toFixed(1)} % are;`,
      ),
    ])
    // β is where the score vanishes.
    const score = rows.reduce((sum, { label, delta }) => {
      const margin = label === 'A' ? delta : -delta
      return sum + margin / (1 + Math.exp(beta!.beta * margin))
    }, 0)
    expect(Math.abs(score)).toBeLessThan(1e-6)
    expect(differences.at(-1)!.implied! - differences.at(-1)!.right).toBeGreaterThan(0.02)
  })

  it('has β implying what is counted where annotators err by difficulty', async () => {
    const uniform = uniforms(8)
    const rows = rowsOf(6).map((row) => ({
      ...row,
      label: uniform() < 1 / (1 + Math.exp(-1.3 * row.delta)) ? 'A' : 'B',
    }))
    const { beta, wrong, remarks } = await estimated(rows)
    expect(remarks).toEqual([])
    expect(Math.abs(beta!.beta - 1.3)).toBeLessThan(5 * beta!.standardError)
    expect(Math.abs(beta!.errorRate - wrong!.value)).toBeLessThan(3 * wrong!.standardError)
  })

  it('has standard errors over items: as many copies of a vote are one vote', async () => {
    const single = rowsOf(7, [0.2])
    const copies = single.flatMap((row) =>
      Array.from({ length: 6 }, (_, who) => ({ ...row, annotator: `w${who}` })),
    )
    const [one, many] = [await estimated(single), await estimated(copies)]
    expect(many.beta!.beta).toBeCloseTo(one.beta!.beta, 9)
    expect(many.beta!.standardError).toBeCloseTo(one.beta!.standardError, 9)
    expect(many.wrong!.standardError).toBeCloseTo(one.wrong!.standardError, 12)
    // One vote an item: the standard error of a share.
    const { value, standardError } = one.wrong!
    expect(standardError).toBeCloseTo(Math.sqrt((value * (1 - value)) / 599), 12)
  })

  it('leaves out ties, and counts equals half', () => {
    const { value } = countedErrorRate(['a', 'b', 'c', 'd'], [1, 1, 0, 2], [1, -1, 1, 0])
    expect(value).toBeCloseTo(0.5, 12)
    expect(countedErrorRate(['a', 'a'], [1, 1], [1, -1]).standardError).toBe(Number.NaN)
  })
})

it('writes a page that names the model and has what to know in it', async () => {
  const found = await estimated(rowsOf(5), { model: 'mace' })
  const page = estimateReport(found, ['votes.jsonl'], 'prefkit noise estimate votes.jsonl')
  expect(page).toMatch(/By MACE, from votes alone: probability of being right, by knowing or by chance/)
  expect(page).toMatch(
    /Against the scores, [\d.]+\s% ± [\d.]+\s% of labels are wrong\.<\/p><p>β = [\d.]+ implies that [\d.]+\s% are\.</,
  )
  expect(page).toMatch(/right, as β implies[\s\S]*What to know[\s\S]*β does not fit/)
  expect(page).not.toMatch(/NaN|undefined/)
})
