import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sgd } from '@prefkit/nn'
import {
  abs,
  div,
  exp,
  minimum,
  mul,
  neg,
  reduceSum,
  reshape,
  softplus,
  sqrt,
  sub,
  type Tensor,
} from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAdapter } from '../files/adapters'
import { loadLanguageModel } from '../files/load-language-model'
import { savePolicy } from '../files/save-policy'
import { loadTrainingState, saveTrainingState } from '../files/training-states'
import { goldenPath } from '../goldens/load-goldens'
import { lowRankOf } from '../lora/low-rank-of'
import { createLanguageModel } from '../running/language-model'
import { completionLogProbs } from '../scoring/completion-log-probs'
import { nextTokenLogProbs } from '../scoring/next-token'
import { crossEntropy } from '../training/cross-entropy'
import { completionDatum, type Datum } from '../training/datum'
import type { LossFunction } from '../training/loss'
import { sftLoss } from '../training/sft-loss'
import { dataOf, goldenModel, goldenTraining } from '../training/testing/golden-runs'
import { type LocalPolicyOptions, localPolicy } from './local-policy'
import { lossWeights } from './loss-weights'

const { batches } = goldenTraining()
const tiny = [...dataOf(batches.llama![0]!), ...dataOf(batches.llama![1]!)]
const plain = (learningRate: Tensor) => sgd({ learningRate })

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-policy-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** PPO's clipped objective, per target, averaged over the batch's. */
const ppoLoss: LossFunction = ({ logProbs, inputs, mask, totals }) => {
  const ratio = exp(sub(logProbs, inputs.old!))
  const clipped = minimum(ratio, 1.1)
  const objective = mul(mask, minimum(mul(ratio, inputs.advantages!), mul(clipped, inputs.advantages!)))
  const far = mul(mask, sub(inputs.old!, logProbs))
  return {
    loss: div(neg(reduceSum(objective)), totals.targets),
    metrics: { kl: div(reduceSum(far), totals.targets) },
  }
}

/** DPO's, of pairs of rows. */
const dpoLoss: LossFunction = ({ logProbs, inputs, totals }) => {
  const ahead = sub(reduceSum(logProbs, { axis: 1 }), inputs.reference!)
  const margins = reduceSum(mul(reshape(ahead, [-1, 2]), [0.5, -0.5]), { axis: 1 })
  return { loss: div(reduceSum(softplus(neg(margins))), div(totals.rows, 2)) }
}

async function dataFor(
  loss: LossFunction,
  outputs: readonly { readonly logProbs: Float32Array }[],
): Promise<Datum[]> {
  return tiny.map((datum, i) => {
    const { logProbs } = outputs[i]!
    if (loss === sftLoss) return datum
    if (loss === dpoLoss) return { ...datum, inputs: { reference: logProbs.reduce((a, b) => a + b, 0) - i } }
    const old = logProbs.map((each, k) => each + 0.2 * Math.sin(k + i))
    return { ...datum, inputs: { old, advantages: old.map((_, k) => Math.cos(2 * k + i)) } }
  })
}

const rewardSum: LossFunction = ({ rewards }) => ({ loss: neg(reduceSum(rewards!)) })

const numbers = (weights: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, [...data]]))

const kinds: [string, LocalPolicyOptions][] = [
  ['all weights', {}],
  ['a low-rank change', { lora: { rank: 2 } }],
]
const losses: [string, LossFunction, number][] = [
  ['sft', sftLoss, 1],
  ['ppo', ppoLoss, 1],
  ['dpo', dpoLoss, 2],
]

describe.each(kinds)('a policy of which %s train', (_, kind) => {
  it.each(losses)(
    'moves alike by the %s loss and by weights of log-probabilities',
    async (__, loss, groupSize) => {
      const model = await goldenModel('qwen3')
      const options = { ...kind, optimizer: plain }
      const policies = [localPolicy(model, options), localPolicy(model, { ...options, microBatchTokens: 22 })]
      const [local, remote] = policies as [(typeof policies)[0], (typeof policies)[0]]
      const data = await dataFor(loss, await local.forward(tiny))
      const report = await local.forwardBackward(data, loss, { groupSize })
      const weighted = lossWeights(data, await remote.forward(data), loss, { groupSize })
      await remote.forwardBackward(weighted.data, crossEntropy)
      // A margin is a difference of sums of log-probabilities, some 20 each, in f32.
      expect(Math.abs(report.loss - weighted.loss)).toBeLessThan(1e-6)
      for (const [name, value] of Object.entries(weighted.metrics)) {
        expect(Math.abs(report.metrics[name]! - value), name).toBeLessThan(1e-6)
      }
      const [one, other] = await Promise.all(policies.map((policy) => policy.optimStep({ learningRate: 1 })))
      expect(one!.gradNorm).toBeGreaterThan(1e-3)
      expect(Math.abs(one!.gradNorm - other!.gradNorm)).toBeLessThan(1e-6 * (1 + one!.gradNorm))
      const [left, right] = await Promise.all(policies.map(async (policy) => (await policy.state()).trained))
      for (const [name, { data: values }] of Object.entries(left!)) {
        // The step is 1, so weights differ as gradients do; rows of two, not all at once, add up in another order.
        const far = Array.from(values, (value, i) => Math.abs(value - right![name]!.data[i]!))
        expect(Math.max(...far), name).toBeLessThan(1e-6 * Math.max(1, one!.gradNorm))
      }
      await Promise.all(policies.map((policy) => policy.release()))
    },
  )

  it('knows its reference, samples from what it has learnt, and saves it', async () => {
    const model = await goldenModel('qwen3')
    const policy = localPolicy(model, { ...kind, write: savePolicy })
    const prompts = [
      [3, 9, 4],
      [5, 6],
    ]
    const greedy = { temperature: 0, maxNewTokens: 6, stopTokenIds: [] }
    const wanted = prompts.map((prompt, i) => completionDatum(prompt, [7, 8 + i, 9, 10, 11, 12]))
    const before = await policy.forward(wanted)
    for (let step = 0; step < 60; step++) {
      await policy.forwardBackward(wanted, sftLoss)
      await policy.optimStep({ learningRate: 0.03 })
    }
    const reference = await policy.forward(wanted, { reference: true })
    const after = await policy.forward(wanted)
    wanted.forEach((__, i) => {
      expect([...reference[i]!.logProbs]).toEqual([...before[i]!.logProbs])
      expect(Math.min(...after[i]!.logProbs)).toBeGreaterThan(Math.log(0.5))
    })
    const sampled = await policy.sample(prompts, greedy)
    sampled.forEach(({ tokens, logProbs }, i) => {
      expect([...tokens]).toEqual([7, 8 + i, 9, 10, 11, 12])
      // A cache and one token at a time against all at once.
      logProbs.forEach((each, k) => {
        expect(Math.abs(each - after[i]!.logProbs[k]!)).toBeLessThan(1e-5)
      })
    })
    const path = join(folder, kind.lora ? 'adapter' : 'whole')
    await policy.save(path)
    const change = kind.lora ? await loadAdapter(path, model.config) : undefined
    const weights = change ? model.weights : (await loadLanguageModel(path, { tokenizer: false })).weights
    const opened = createLanguageModel(
      model.config,
      weights,
      change ? { lowRank: lowRankOf(change.lora, change.weights) } : {},
    )
    const asked = wanted.map(({ tokens }, i) => ({
      prompt: prompts[i]!,
      completion: Array.from(tokens).slice(prompts[i]!.length),
    }))
    const scored = await completionLogProbs(opened, asked)
    scored.forEach((logProbs, i) => {
      Array.from(logProbs).forEach((each, k) => {
        expect(Math.abs(each - after[i]!.logProbs[k]!)).toBeLessThan(1e-5)
      })
    })
    await opened.release()
    await policy.release()
  })
})

describe('localPolicy', () => {
  it('takes what is longer than 2,048 tokens at once, unless it is told how much', async () => {
    const model = await goldenModel('llama')
    const config = { ...model.config, maxPositionEmbeddings: 4096 }
    const long = completionDatum([1], new Array(1500).fill(2))
    const [policy, bounded] = [
      localPolicy({ ...model, config }),
      localPolicy({ ...model, config }, { microBatchTokens: 2048 }),
    ]
    const { loss } = await policy.forwardBackward([long, long], sftLoss, { groupSize: 2 })
    const [{ logProbs }] = (await policy.forward([long])) as [{ logProbs: Float32Array }]
    // A mean of 1,500 numbers in f32.
    expect(Math.abs(loss + logProbs.reduce((a, b) => a + b, 0) / logProbs.length)).toBeLessThan(1e-5 * loss)
    await expect(bounded.forwardBackward([long, long], sftLoss, { groupSize: 2 })).rejects.toThrow(
      /expected ≥ 3002/,
    )
    await Promise.all([policy, bounded].map((each) => each.release()))
  })

  it('goes on from a state as if it had never stopped, dropout and head included', async () => {
    const model = await goldenModel('llama')
    const options = { lora: { rank: 2, dropout: 0.3 }, head: 'value', seed: 4 } as const
    const loss: LossFunction = ({ logProbs, values, mask, totals }) => ({
      loss: div(reduceSum(sub(mul(mask, mul(sub(values!, 1), sub(values!, 1))), logProbs)), totals.targets),
    })
    const run = async (policy: ReturnType<typeof localPolicy>, steps: number) => {
      const reports: number[] = []
      for (let i = 0; i < steps; i++) {
        reports.push((await policy.forwardBackward(tiny, loss)).loss)
        reports.push((await policy.forwardBackward(tiny.slice(0, 2), loss)).loss)
        reports.push((await policy.optimStep({ learningRate: 0.01 })).gradNorm)
      }
      return reports
    }
    const whole = localPolicy(model, options)
    const first = await run(whole, 2)
    const path = join(folder, 'state')
    await saveTrainingState(path, await whole.state())
    const rest = await run(whole, 2)
    const other = localPolicy(model, options)
    await other.restore(await loadTrainingState(path))
    expect(await run(other, 2)).toEqual(rest)
    expect(numbers((await other.state()).trained)).toEqual(numbers((await whole.state()).trained))
    expect(first).not.toEqual(rest)
    const [said] = await whole.forward(tiny)
    expect(said!.values).toHaveLength(said!.logProbs.length)
    await whole.forwardBackward(tiny, loss)
    await expect(whole.state()).rejects.toThrow(/gradients wait for optimStep/)
    const mismatch = localPolicy(model, { lora: { rank: 3 } })
    const saved = await loadTrainingState(path)
    await expect(mismatch.restore(saved)).rejects.toThrow(
      /v_head\.summary\.bias: expected no tensor of this name/,
    )
    await Promise.all([whole, other].map((policy) => policy.release()))
  })

  it('takes calls in the order they are made, awaited or not', async () => {
    const model = await goldenModel('llama')
    const [pipelined, awaited] = [localPolicy(model), localPolicy(model)]
    const [a, b] = [tiny.slice(0, 2), tiny.slice(2)]
    const rate = { learningRate: 0.01 }
    const [, , first, said, , second] = await Promise.all([
      pipelined.forwardBackward(a, sftLoss),
      pipelined.forwardBackward(b, sftLoss),
      pipelined.optimStep(rate),
      pipelined.forward(a),
      pipelined.forwardBackward(a, sftLoss),
      pipelined.optimStep(rate),
    ])
    await awaited.forwardBackward(a, sftLoss)
    await awaited.forwardBackward(b, sftLoss)
    expect(first).toEqual(await awaited.optimStep(rate))
    expect(said).toEqual(await awaited.forward(a))
    await awaited.forwardBackward(a, sftLoss)
    expect(second).toEqual(await awaited.optimStep(rate))
    await Promise.all([pipelined, awaited].map((policy) => policy.release()))
  })

  it('keeps gradients and weights as they were when a call fails', async () => {
    const model = await goldenModel('llama')
    const policy = localPolicy(model)
    const rate = { learningRate: 0.1 }
    const broken: LossFunction = ({ logProbs }) => {
      throw new Error(`no loss of ${logProbs.shape.length} axes`)
    }
    // Finite itself, its gradient at 0 is not.
    const infinite: LossFunction = ({ logProbs }) => ({ loss: sqrt(mul(0, reduceSum(logProbs))) })
    await expect(policy.optimStep(rate)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await policy.forwardBackward(tiny, sftLoss)
    await expect(policy.forwardBackward(tiny, broken)).rejects.toThrow(/no loss of 2 axes/)
    const { gradNorm } = await policy.optimStep(rate)
    const other = localPolicy(model)
    await other.forwardBackward(tiny, sftLoss)
    expect(await other.optimStep(rate)).toEqual({ gradNorm })
    const before = await policy.state()
    await policy.forwardBackward(tiny, infinite)
    await expect(policy.optimStep(rate)).rejects.toMatchObject({ code: 'DIVERGED' })
    await expect(policy.optimStep(rate)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    const after = await policy.state()
    expect(numbers(after.trained)).toEqual(numbers(before.trained))
    expect(numbers(after.optimizer)).toEqual(numbers(before.optimizer))
    const [place] = Object.keys(before.optimizer)
    const { [place!]: _, ...rest } = before.optimizer
    const trained = (await other.state()).trained
    const wrong = { ...before, trained: (await localPolicy(model).state()).trained, optimizer: rest }
    await expect(policy.restore(wrong)).rejects.toMatchObject({ code: 'MISSING_TENSOR' })
    expect(numbers((await policy.state()).trained)).toEqual(numbers(trained))
    await Promise.all([policy, other].map((each) => each.release()))
  })

  it('refers to the adapter and the head that it began with', async () => {
    const model = await goldenModel('llama')
    const lora = { rank: 2 }
    const begun = localPolicy(model, { lora, head: 'reward' })
    await begun.forwardBackward(tiny, rewardSum)
    await begun.optimStep({ learningRate: 0.1 })
    const { trained: initial } = await begun.state()
    const policy = localPolicy(model, { lora, head: 'reward', initial })
    const before = await policy.forward(tiny)
    expect(before).toEqual(await begun.forward(tiny))
    await policy.forwardBackward(tiny, rewardSum)
    await policy.optimStep({ learningRate: 0.1 })
    expect(await policy.forward(tiny, { reference: true })).toEqual(before)
    expect(await policy.forward(tiny)).not.toEqual(before)
    await Promise.all([policy, begun].map((each) => each.release()))
  })

  it('tells log-probabilities and entropies at a temperature: those of a model with an lm_head of its T-th part', async () => {
    const { config, weights } = await goldenModel('llama')
    const head = weights['lm_head.weight']!
    // Halves are exact, so that both models compute the same numbers, and gradients but for the factor of the head's own.
    const halved = { ...weights, 'lm_head.weight': mul(head, 0.5) }
    const [hot, like] = [localPolicy({ config, weights }), localPolicy({ config, weights: halved })]
    const loss: LossFunction = ({ logProbs, entropies, totals }) => ({
      loss: div(sub(reduceSum(entropies!), reduceSum(logProbs)), totals.targets),
    })
    const asked = { temperature: 2, entropies: true }
    const expected = await like.forward(tiny, { entropies: true })
    expect(await hot.forward(tiny, asked)).toEqual(expected)
    expect(await hot.forward(tiny, { ...asked, reference: true })).toEqual(expected)
    expect((await hot.forward(tiny))[0]!.logProbs).not.toEqual(expected[0]!.logProbs)
    const told = await hot.forwardBackward(tiny, loss, { temperature: 2 })
    expect(told).toEqual(await like.forwardBackward(tiny, loss))
    for (const temperature of [0, -1, Number.NaN]) {
      await expect(hot.forward(tiny, { temperature })).rejects.toThrow(/temperature: expected a number > 0/)
      const learning = hot.forwardBackward(tiny, loss, { temperature })
      await expect(learning).rejects.toThrow(/^forwardBackward: temperature: expected a number > 0, got/)
    }
    await Promise.all([hot.release(), like.release()])
  })

  it('tells entropies where it is asked, of the reference too, and losses see the same', async () => {
    const model = await goldenModel('llama')
    const policy = localPolicy(model, { microBatchTokens: 22 })
    const entropy: LossFunction = ({ entropies, mask, inputs, totals }) => ({
      loss: div(neg(reduceSum(entropies!)), totals.targets),
      metrics: { far: reduceSum(mul(mask, abs(sub(entropies!, inputs.told!)))) },
    })
    const before = await policy.forward(tiny, { entropies: true })
    expect((await policy.forward(tiny))[0]).not.toHaveProperty('entropies')
    // Σ −p ln p of what scoring says of each prefix, summed here in f64.
    const runtime = createLanguageModel(model.config, model.weights)
    for (const [i, { tokens, completionMask }] of tiny.entries()) {
      const places = Array.from(tokens, (_, place) => place).filter((place) => completionMask[place] === 1)
      const told = await nextTokenLogProbs(
        runtime,
        places.map((place) => Array.from(tokens).slice(0, place)),
      )
      const plain = told.map((logProbs) => logProbs.reduce((sum, each) => sum - Math.exp(each) * each, 0))
      expect(before[i]!.entropies).toHaveLength(plain.length)
      plain.forEach((each, k) => {
        expect(Math.abs(before[i]!.entropies![k]! - each)).toBeLessThan(2e-6 * each)
      })
    }
    const asked = tiny.map((datum, i) => ({ ...datum, inputs: { told: before[i]!.entropies! } }))
    const { loss, metrics } = await policy.forwardBackward(asked, entropy)
    const all = before.flatMap(({ entropies }) => [...entropies!])
    const mean = all.reduce((sum, each) => sum + each, 0) / all.length
    expect(Math.abs(loss + mean)).toBeLessThan(1e-6 * mean)
    expect(metrics.far!).toBeLessThan(1e-6 * all.length)
    await policy.optimStep({ learningRate: 1e-3 })
    const after = (await policy.forward(tiny, { entropies: true })).flatMap(({ entropies }) => [
      ...entropies!,
    ])
    expect(after.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(mean * all.length)
    expect(await policy.forward(tiny, { entropies: true, reference: true })).toEqual(before)
    const outputs = await policy.forward(asked)
    expect(() => lossWeights(asked, outputs, entropy)).toThrow(/log-probabilities, got one on entropies/)
    await Promise.all([policy, runtime].map((each) => each.release()))
  })

  it('compiles forward once whatever inputs data have, and keeps the last losses alone', async () => {
    const policy = localPolicy(await goldenModel('llama'))
    const withInputs = (inputs: Datum['inputs']) => tiny.map((datum) => ({ ...datum, inputs: inputs! }))
    await policy.forward(tiny)
    const compiled = (await policy.compilations()).length
    await policy.forward(withInputs({ a: 1 }))
    await policy.forward(withInputs({ a: 1, b: 2 }), { reference: true })
    expect(await policy.compilations()).toHaveLength(compiled)
    const counts: number[] = []
    for (let i = 0; i < 7; i++) {
      const scaled: LossFunction = ({ logProbs }) => ({ loss: mul(i + 1, reduceSum(logProbs)) })
      await policy.forwardBackward(tiny, scaled)
      counts.push((await policy.compilations()).length)
    }
    // The sum of two gradients is one of the second.
    const sums = 1
    expect(counts.map((count) => count - compiled)).toEqual([
      1,
      2 + sums,
      3 + sums,
      ...Array(4).fill(4 + sums),
    ])
    await policy.release()
  })

  it('leaves the weights it is given as they are', async () => {
    const model = await goldenModel('gpt2')
    const before = numbers(model.weights)
    const policy = localPolicy(model, { optimizer: plain })
    await policy.forwardBackward(tiny, sftLoss)
    await policy.optimStep({ learningRate: 1 })
    expect(numbers(model.weights)).toEqual(before)
    expect(numbers((await policy.state()).trained)).not.toEqual(before)
    await policy.release()
  })

  it('saves a reward model as transformers opens one, and a value head beside the model', async () => {
    const model = await goldenModel('llama')
    const rewarding = localPolicy(model, { head: 'reward', write: savePolicy })
    const path = join(folder, 'reward')
    await rewarding.save(path)
    const json = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'))
    expect(json).toMatchObject({
      architectures: ['LlamaForSequenceClassification'],
      id2label: { 0: 'LABEL_0' },
      label2id: { LABEL_0: 0 },
    })
    const { readSafetensors } = await import('@prefkit/nn/files')
    const { tensors } = await readSafetensors(join(path, 'model.safetensors'))
    expect(tensors['score.weight']!.shape).toEqual([1, model.config.hiddenSize])
    // Without a token that ends no text, transformers is to refuse batches; and none of the vocabulary may be taken for padding.
    expect(json.pad_token_id).toBe(null)
    const valued = localPolicy(model, { head: 'value', write: savePolicy })
    await valued.save(path)
    const head = (await readSafetensors(join(path, 'value_head.safetensors'))).tensors
    expect(Object.keys(head).sort()).toEqual(['v_head.summary.bias', 'v_head.summary.weight'])
    expect(Object.keys((await readSafetensors(join(path, 'model.safetensors'))).tensors)).not.toContain(
      'score.weight',
    )
  })

  it.each([
    ['reward', {}],
    ['value', {}],
    ['reward', { lora: { rank: 2 } }],
    ['value', { lora: { rank: 2 } }],
  ] as const)('tells after loading the %s it told before: %j', async (head, kind) => {
    const model = await goldenModel('llama')
    const policy = localPolicy(model, { ...kind, head, write: savePolicy, seed: 5 })
    const loss: LossFunction = ({ rewards, values }) => ({ loss: neg(reduceSum((rewards ?? values)!)) })
    await policy.forwardBackward(tiny, loss)
    await policy.optimStep({ learningRate: 0.01 })
    const path = join(folder, `headed-${head}-${Object.keys(kind)}`)
    await policy.save(path)
    const options = { tokenizer: false }
    // All that is needed is in what was saved, and in the model that an adapter changes.
    const { lora, weights: initial } = 'lora' in kind ? await loadAdapter(path, model.config) : {}
    const opened = localPolicy(lora ? model : await loadLanguageModel(path, options), {
      ...(lora ? { lora, initial: initial! } : {}),
      head,
    })
    expect(await opened.forward(tiny)).toEqual(await policy.forward(tiny))
    const base = goldenPath('models/llama')
    const { heads } = await loadLanguageModel(lora ? base : path, {
      ...options,
      ...(lora ? { adapter: path } : {}),
    })
    const { trained } = await policy.state()
    const headNames = Object.keys(trained).filter((name) => /^(score|v_head)\./.test(name))
    expect(numbers(heads)).toEqual(
      numbers(Object.fromEntries(headNames.map((name) => [name, trained[name]!]))),
    )
    await Promise.all([policy, opened].map((each) => each.release()))
  })

  it('refuses what it cannot do', async () => {
    const model = await goldenModel('llama')
    const policy = localPolicy(model)
    const refused = (action: Promise<unknown>, code: string, message: RegExp) =>
      Promise.all([expect(action).rejects.toThrow(message), expect(action).rejects.toMatchObject({ code })])
    await refused(policy.forward([]), 'EMPTY_INPUT', /data: expected at least one datum/)
    await refused(policy.forwardBackward([], sftLoss), 'EMPTY_INPUT', /data/)
    await refused(policy.optimStep({ learningRate: Number.NaN }), 'INVALID_OPTION', /learningRate/)
    await refused(
      policy.save('x'),
      'INVALID_OPTION',
      /write: expected a function that writes, such as savePolicy/,
    )
    const options = { groupSize: 4 }
    await refused(policy.forwardBackward(tiny, sftLoss, options), 'INVALID_OPTION', /groups of 4/)
    expect(() => localPolicy(model, { microBatchTokens: 0 })).toThrow(/microBatchTokens/)
    expect(() => localPolicy(model, { rank: 1 } as LocalPolicyOptions)).toThrow(/rank/)
    expect(() => localPolicy(model, { head: 'valu' as 'value' })).toThrow(/head: expected "value" or/)
    expect(() => lossWeights(tiny, [], sftLoss)).toThrow(/outputs\[0\]: expected 5 log-probabilities/)
    const outputs = await policy.forward(tiny)
    expect(() => lossWeights(tiny, outputs, rewardSum)).toThrow(
      /expected one of log-probabilities, got one on rewards/,
    )
    expect(() => lossWeights(tiny, outputs, sftLoss, { groupSize: 4 })).toThrow(
      /no whole number of groups of 4/,
    )
    const misspelt = { refrence: true } as object
    await refused(policy.forward(tiny, misspelt), 'INVALID_OPTION', /forward: .*refrence/)
    await refused(policy.forwardBackward(tiny, sftLoss, misspelt), 'INVALID_OPTION', /refrence/)
    await refused(policy.optimStep({ learningRate: 1, ...misspelt }), 'INVALID_OPTION', /refrence/)
  })
})
