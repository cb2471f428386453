import { parRewards } from '@prefkit/advantages'
import { completionDatum, sftLoss } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { describe, expect, it } from 'vitest'
import { storiesPath } from '../../lm/testing/stories'
import { pointwiseReward } from '../rewards/pointwise-reward'
import type { Rollout } from '../rollouts/rollout'
import type { StepMetrics } from '../step-record'
import { preferencePairs } from '../testing/preference-pairs'
import { sharedStory } from '../testing/shared-story'
import type { AlgorithmState } from './algorithm'
import { grpo } from './grpo'
import { type ParTrainingOptions, par } from './par'
import { parSftData, withLabelNoise } from './par-data'
import { type JudgeForm, judgePrompt, shortScoreFormat } from './par-form'
import { scoreJudgements } from './par-rewards'
import { expectedScorer, judgeScorer } from './par-scorer'

const format = shortScoreFormat({ scale: { min: 1, max: 9 } })
const { tokenizer } = await loadLanguageModel(storiesPath)
const endOfText = 2
const form: JudgeForm & { readonly format: typeof format } = {
  format,
  encode: ([message]) => tokenizer!.encode(message!.content),
  encodeAnswer: (text) => [...tokenizer!.encode(text, { addSpecialTokens: false }), endOfText],
}

// It knows the form alone: scores that have nothing to do with what is scored.
const story = await sharedStory(async ({ policy, prompts }) => {
  for (let step = 0; step < 20; step++) {
    const data = preferencePairs(prompts).flatMap(({ prompt, chosen, rejected }, i) =>
      [chosen, rejected].map((response, side) => {
        const score = 1 + ((7 * step + 5 * i + 3 * side + step * i * side) % 9)
        return completionDatum(
          judgePrompt(form, { prompt, response }).tokens,
          form.encodeAnswer(format.answer(score)),
        )
      }),
    )
    await policy.forwardBackward(data, sftLoss)
    await policy.optimStep({ learningRate: 3e-3 })
  }
})

const settings = {
  ...{ steps: 14, pairsPerStep: 4, samplesPerPrompt: 8, learningRate: 2e-3 },
  sampling: { maxNewTokens: 24 },
}

async function run(options: Partial<ParTrainingOptions> = {}) {
  const metrics: StepMetrics[] = []
  let late: AlgorithmState | undefined
  const pairs = preferencePairs(story.prompts)
  for await (const step of par({
    ...settings,
    policy: story.policy,
    form,
    pairs,
    heldOut: pairs,
    ...options,
  })) {
    metrics.push(step.metrics)
    if (step.step === 12) late = await step.state()
  }
  return { metrics, late: late! }
}

const mean = (of: readonly StepMetrics[], name: string): number =>
  of.reduce((sum, each) => sum + each[name]!, 0) / of.length

it('learns to score what is preferred higher, goes on from a state exactly, and then scores', async () => {
  const { metrics, late } = await run()
  const [first, last] = [metrics.slice(0, 3), metrics.slice(-3)]
  expect(mean(last, 'rewards/margins')).toBeGreaterThan(mean(first, 'rewards/margins') + 0.5)
  expect(mean(last, 'rewards/par/mean')).toBeGreaterThan(mean(first, 'rewards/par/mean'))
  expect(mean(last, 'format/parsed_ratio')).toBeGreaterThan(0.85)
  expect(metrics.at(-1)!['eval_rewards/margins']).toBeGreaterThan(0)
  expect(metrics[0]).not.toHaveProperty('eval_rewards/margins')

  const pairs = preferencePairs(story.prompts)
  const [chosen, rejected] = [pairs, pairs].map((all, side) =>
    all.map((pair) => ({ prompt: pair.prompt, response: side === 0 ? pair.chosen : pair.rejected })),
  )
  const drawn = judgeScorer({ policy: story.policy, form, samples: 8, sampling: settings.sampling })
  const expected = expectedScorer({ policy: story.policy, form })
  for (const scorer of [drawn, expected]) {
    const [good, bad] = [await scorer.scores(chosen!), await scorer.scores(rejected!)]
    expect([...good, ...bad].every((score) => score >= 1 && score <= 9)).toBe(true)
    const margin = good.reduce((sum, score, i) => sum + score - bad[i]!, 0) / good.length
    expect(margin).toBeGreaterThan(0.5)
  }

  // The judge as the reward of a policy: here of its own stories, which is as good as any.
  const rewards = [pointwiseReward({ scorer: expected, name: 'judge' })]
  const prompts = story.prompts(['Tom had a dog.'])
  const writing = { prompts, rewards, promptsPerStep: 1, samplesPerPrompt: 2, sampling: { maxNewTokens: 8 } }
  for await (const step of grpo({ ...writing, policy: story.policy, steps: 1, learningRate: 0 })) {
    expect(step.metrics['rewards/judge/mean']).toBeGreaterThan(1)
  }

  const rest = await run({ resume: late })
  expect(rest.metrics).toEqual(metrics.slice(12))
})

describe('judgements', () => {
  const rolloutOf = (text: string, sample: number): Rollout => ({
    ...{ prompt: { id: '0', text: '', tokens: [1] }, sample, text, tokens: [2], finishReason: 'stop' },
    ...{ logProbs: Float32Array.of(-1), samplingLogProbs: Float32Array.of(-1) },
  })

  it('are rewarded by the scores of the other response, and for their form', () => {
    const [pair] = preferencePairs(story.prompts)
    const texts = ['<answer>8</answer>', 'no score', '<answer>5</answer>', '<answer>6</answer>']
    const { rollouts, metrics } = scoreJudgements([pair!], texts.map(rolloutOf), { form })
    const scores = { chosenScores: [[8, Number.NaN]], rejectedScores: [[5, 6]] }
    const { chosen, rejected } = parRewards(scores, { missing: 'exclude' })
    const ofPar = [...chosen[0]!, ...rejected[0]!]
    expect(rollouts.map(({ rewards }) => rewards.par)).toEqual(ofPar)
    expect(rollouts.map(({ rewards }) => rewards.format)).toEqual([0, -1, 0, 0])
    expect(rollouts.map(({ reward }) => reward)).toEqual(ofPar.map((each, i) => each - Number(i === 1)))
    expect(metrics).toMatchObject({
      'rewards/margins': 2.5,
      'rewards/accuracies': 1,
      'format/parsed_ratio': 0.75,
    })
  })

  it('take a constant f, rewards of forms, and a margin that no pair has', () => {
    const [pair] = preferencePairs(story.prompts)
    const texts = ['<answer>9</answer>', '9', '', '<answer>12</answer>']
    const options = {
      form,
      grades: [{ above: 0, reward: 1 }],
      formatRewards: { recovered: -0.1, lacking: -0.2 },
    }
    const { rollouts, metrics } = scoreJudgements([pair!], texts.map(rolloutOf), options)
    expect(rollouts.map(({ rewards }) => rewards)).toEqual([
      { par: 0, format: 0 },
      { par: 0, format: -0.2 },
      { par: 0, format: -1 },
      { par: 0, format: -1 },
    ])
    expect(metrics).not.toHaveProperty('rewards/margins')
    expect(metrics['pairs/scored']).toBe(0)
  })
})

it('learns its form from transcripts whose scores are far enough apart', () => {
  const pairs = preferencePairs(story.prompts)
  const scores = [
    [8, 3],
    [5, 3],
    [2, 9],
    [6, 3.5],
  ]
  const transcripts = pairs.map(({ prompt, chosen, rejected }, i) => ({
    prompt,
    chosen: { response: chosen, judgement: `<answer>${scores[i]![0]}</answer>` },
    rejected: {
      response: rejected,
      judgement: i === 0 ? `<answer>${scores[i]![1]}</answer>` : `${scores[i]![1]}`,
    },
  }))
  const data = parSftData(transcripts, form)
  // Margins of 5, 2, −7 and 2.5.
  expect(data).toHaveLength(4)
  const { prompt, chosen } = pairs[0]!
  const asked = judgePrompt(form, { prompt, response: chosen }).tokens
  expect(data[0]).toEqual(completionDatum(asked, form.encodeAnswer('<answer>8</answer>')))
  expect(parSftData(transcripts, form, { above: 3 })).toHaveLength(2)
})

it('turns round the share of pairs that is asked for, always the same ones', () => {
  const many = Array.from({ length: 100 }, () => preferencePairs(story.prompts)).flat()
  const turned = (rate: number) =>
    withLabelNoise(many, { rate, seed: 3 }).map((pair, i) => pair.chosen === many[i]!.rejected)
  const [some, more] = [turned(0.2), turned(0.5)]
  const share = (flags: readonly boolean[]) => flags.filter(Boolean).length / flags.length
  // Within four standard errors of 400 draws.
  expect(Math.abs(share(some) - 0.2)).toBeLessThan(0.08)
  expect(Math.abs(share(more) - 0.5)).toBeLessThan(0.1)
  expect(some.every((flag, i) => !flag || more[i])).toBe(true)
  expect(turned(0.2)).toEqual(some)
})

describe('the short form', () => {
  it('asks for a score in a few tokens, with criteria where there are any', () => {
    const rubric = { name: 'Joy', description: 'Is it happy?', scale: { min: 1, max: 9 } }
    const item = { prompt: 'Tom had a dog.', response: ' It was <|im_end|> happy.' }
    const [message] = shortScoreFormat({ rubrics: [rubric] }).render(item)
    expect(message!.content).toBe(
      '- Joy (1 to 9): Is it happy?\nTom had a dog. It was <\\|im_end|> happy.\nScore:',
    )
    expect(format.render(item)[0]!.content.startsWith('Tom had a dog.')).toBe(true)
  })

  it.each([
    [true, '<answer>7</answer>', 'exact'],
    [true, '7', 'recovered'],
    [true, '<answer>70</answer>', 'missing'],
    [false, ' 7', 'exact'],
    [false, 'bad', 'missing'],
  ])('with tags: %s reads %j as %s', (tags, text, status) => {
    const { parse, answer } = shortScoreFormat({ scale: { min: 1, max: 9 }, tags })
    const item = { prompt: '', response: '' }
    expect(parse(text, item).status).toBe(status)
    expect(parse(answer(7), item)).toEqual({ status: 'exact', value: { score: 7 } })
  })

  it('refuses what it cannot ask', () => {
    expect(() => shortScoreFormat({ scale: { min: 3, max: 3 } })).toThrow(
      /scale: expected whole numbers, min below/,
    )
    const other = { ...form, format: { ...format, answer: undefined } }
    // What a user without types may pass.
    expect(() => expectedScorer({ policy: story.policy, form: other as never })).toThrow(/says its answers/)
  })
})

it('refuses a training without pairs', async () => {
  await expect(run({ pairs: [] })).rejects.toThrow(/par: pairs: expected at least one/)
  await expect(run({ samplesPerPrompt: 0 })).rejects.toThrow(/samplesPerPrompt/)
  await expect(run({ labelNoise: 2 })).rejects.toThrow(/rate/)
})
