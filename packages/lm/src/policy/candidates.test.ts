import { sgd } from '@prefkit/nn'
import { div, logSumExp, mul, neg, reduceSum, reshape, type Tensor } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLanguageModel } from '../running/language-model'
import { nextTokenLogProbs } from '../scoring/next-token'
import { completionDatum, type Datum } from '../training/datum'
import type { LossFunction } from '../training/loss'
import { goldenModel } from '../training/testing/golden-runs'
import { type LocalPolicyOptions, localPolicy } from './local-policy'
import { lossWeights } from './loss-weights'

const candidates = [7, 3, 11]
// Of different lengths, so that micro-batches put them into another order.
const prompts = [
  [1, 5, 9],
  [1, 4],
  [1, 8, 2, 6, 3, 12],
  [2, 9, 9, 4],
]
const asked: Datum[] = prompts.map((tokens) => ({ tokens, completionMask: tokens.map(() => 0), candidates }))
const plain = (learningRate: Tensor) => sgd({ learningRate })

const open = async (options: LocalPolicyOptions = {}) =>
  localPolicy(await goldenModel('llama'), { optimizer: plain, seed: 1, ...options })

/** −ln P(any of the candidates), and how probable the first one is. */
const anyOfThem: LossFunction = ({ candidateLogProbs, totals }) => ({
  loss: div(neg(reduceSum(logSumExp(candidateLogProbs!, { axis: 1 }))), totals.rows),
  rows: { first: reduceSum(mul(candidateLogProbs!, [1, 0, 0]), { axis: 1 }) },
})

/** The same of rows that end with one candidate each. */
const anyOfRows: LossFunction = ({ logProbs, totals }) => ({
  loss: div(neg(reduceSum(logSumExp(reshape(logProbs, [-1, 3]), { axis: 1 }))), div(totals.rows, 3)),
})

describe('candidates', () => {
  const opened: Awaited<ReturnType<typeof open>>[] = []
  beforeAll(async () => {
    opened.push(await open(), await open())
  })
  afterAll(async () => {
    for (const policy of opened) await policy.release()
  })

  it('are told with the log-probabilities of what comes next', async () => {
    const { config, weights } = await goldenModel('llama')
    const model = createLanguageModel(config, weights)
    const next = await nextTokenLogProbs(model, prompts)
    const said = await opened[0]!.forward(asked)
    said.forEach(({ logProbs, candidateLogProbs }, i) => {
      expect(logProbs.length).toBe(0)
      candidates.forEach((id, c) => {
        // Two f32 passes that sum in other orders.
        expect(candidateLogProbs![c]).toBeCloseTo(next[i]![id]!, 5)
      })
    })
    await model.release()
  })

  it('have the gradient of rows that end with them, and rows keep their order in parts', async () => {
    const [policy, byRows] = opened as [(typeof opened)[0], (typeof opened)[0]]
    const before = (await policy.forward(asked)).map(({ candidateLogProbs }) => candidateLogProbs![0]!)
    const report = await policy.forwardBackward(asked, anyOfThem)
    const rows = prompts.flatMap((prompt) => candidates.map((id) => completionDatum(prompt, [id])))
    const other = await byRows.forwardBackward(rows, anyOfRows, { groupSize: 3 })
    expect(report.loss).toBeCloseTo(other.loss, 5)
    const first = [...report.rows!.first!]
    first.forEach((each, i) => {
      expect(each).toBeCloseTo(before[i]!, 5)
    })
    const norm = (await policy.optimStep({ learningRate: 0.1 })).gradNorm
    // A gradient that both sum in f32, of about 1.
    expect(norm).toBeCloseTo((await byRows.optimStep({ learningRate: 0.1 })).gradNorm, 4)

    const parts = await open({ microBatchTokens: 8 })
    const inParts = await parts.forwardBackward(asked, anyOfThem)
    expect(inParts.loss).toBeCloseTo(report.loss, 5)
    inParts.rows!.first!.forEach((each, i) => {
      expect(each).toBeCloseTo(first[i]!, 5)
    })
    expect((await parts.optimStep({ learningRate: 0.1 })).gradNorm).toBeCloseTo(norm, 4)
    await parts.release()
  })

  it('are as many in all data, of the vocabulary, and no weights of log-probabilities', async () => {
    const [policy] = opened as [(typeof opened)[0]]
    const refused = (data: Datum[]) => expect(policy.forward(data)).rejects
    await refused([asked[0]!, { ...asked[1]!, candidates: [3] }]).toThrow(
      'data[1]: candidates: expected 3 token ids, as many as data[0] has, got 1',
    )
    await refused([{ ...asked[0]!, candidates: [] }]).toThrow('data[0]: candidates: expected at least one')
    await refused([{ ...asked[0]!, candidates: [-1] }]).toThrow('data[0]: candidates: expected token ids')
    const datum = { ...asked[0]!, completionMask: [0, 0, 1] }
    const said = await policy.forward([datum])
    expect(() => lossWeights([datum], said, anyOfThem)).toThrow('got one on candidates')
  })
})
