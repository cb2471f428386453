import { describe, expect, it } from 'vitest'
import { nearestName } from '../../choices/nearest-name'
import { policyGradientPresets } from '../../choices/policy-gradient-presets'
import { locate } from './read-run-config'
import { parseRunConfig, type RunConfig } from './run-config'

const read = (content: string, assignments: string[] = []): RunConfig => {
  const located = locate(content, 'run.yaml', assignments)
  return parseRunConfig(located.value, located)
}

const whole = `
model: {path: stories260K.bin}
prompts:
  files: prompts.jsonl
comparisons:
  source: simulated
  golden: {type: lexicon, plus: [happy]}
rewardModel: {kind: pairwise}
anchors: {}
policy:
  algorithm: ppo
  value: anchor
  rewards:
    - type: winProbability
`

describe('parseRunConfig', () => {
  it('fills in what is left out', () => {
    const { seed, anchors, policy, sampling, prompts } = read(whole)
    expect({ seed, anchors, sampling }).toEqual({
      seed: 0,
      anchors: { n: 30, perPrompt: 1 },
      sampling: { maxNewTokens: 64, temperature: 1, topK: 0, topP: 1, stop: [], batchSize: 16 },
    })
    expect(prompts!.files).toEqual(['prompts.jsonl'])
    expect(policy).toMatchObject({
      algorithm: 'ppo',
      klWeight: 0.001,
      rewards: [{ weight: 1, anchors: 'mean' }],
    })
  })

  it('takes settings from the command line', () => {
    const { policy, seed } = read(whole, ['policy.steps=7', 'seed=3', 'policy.rewards.0.weight=2'])
    expect(policy).toMatchObject({ steps: 7, rewards: [{ weight: 2 }] })
    expect(seed).toBe(3)
  })

  it.each([
    [
      'a misspelt setting',
      whole.replace('value: anchor', 'klWeigth: 1'),
      'run.yaml:12: policy.klWeigth: no such setting; did you mean klWeight?',
    ],
    [
      'one of a list',
      whole.replace('type: winProbability', 'type: winProbability\n      wieght: 2'),
      'run.yaml:15: policy.rewards[0].wieght: no such setting; did you mean weight?',
    ],
    [
      'a misspelt section',
      whole.replace('anchors: {}', 'anchor: {}'),
      'run.yaml:9: anchor: no such setting; did you mean anchors?',
    ],
    ['a name in another case', whole.replace('rewardModel:', 'reward_model:'), 'did you mean rewardModel?'],
    [
      'an algorithm',
      whole.replace('algorithm: ppo', 'algorithm: gropo'),
      'run.yaml:11: policy.algorithm: expected an algorithm: ppo, grpo',
    ],
    [
      'its nearest name',
      whole.replace('algorithm: ppo', 'algorithm: gropo'),
      'got "gropo"; did you mean grpo?',
    ],
    [
      'a number',
      whole.replace('value: anchor', 'steps: many'),
      'run.yaml:12: policy.steps: expected a whole number of at least 1, got "many"',
    ],
    [
      'what is missing',
      whole.replace('path: stories260K.bin', 'chat: true'),
      'run.yaml:2: model.path: expected text, got nothing',
    ],
    [
      'a section that another needs',
      whole.replace('anchors: {}', ''),
      'policy.rewards: winProbability compares with anchors: add sections rewardModel and anchors',
    ],
    ['nothing to do', 'model: {path: x}', 'run.yaml:1: nothing to do: add one of sft'],
    ['an empty file', '# nothing\n', 'run.yaml: is empty'],
    ['no YAML', 'model: {path: x', 'run.yaml:1: '],
  ])('tells %s', (_, content, message) => {
    expect(() => read(content)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringContaining(message) }),
    )
  })

  it('tells all that is wrong at once, and what the command line is at fault for', () => {
    const wrong = whole.replace('value: anchor', 'klWeigth: 1').replace('anchors: {}', 'anchors: {n: 0}')
    expect(() => read(wrong, ['seed=x'])).toThrow(/anchors\.n[\s\S]*klWeigth/)
    expect(() => read(whole, ['seed=x'])).toThrow(
      '--set: seed: expected a whole number from 0 to 2³³ − 1, got "x"',
    )
    expect(() => read(whole, ['seed'])).toThrow('--set seed: expected <setting>=<value>')
    expect(() => read(whole, ['policy.algorithm.deep=1'])).toThrow('--set policy.algorithm.deep: what it is')
  })

  it('tells what the file is at fault for beside what is set, whose name begins the same', () => {
    const wrong = whole.replace('{kind: pairwise}', '{kind: scalar, lossOptions: 3}')
    expect(() => read(wrong, ['rewardModel.loss=hingeLoss'])).toThrow(
      /run\.yaml:8: rewardModel\.lossOptions: /,
    )
    const set = 'rewardModel={kind: scalar, lossOptions: 3}'
    expect(() => read(whole, [set])).toThrow('--set: rewardModel.lossOptions: ')
  })
})

it('knows the nearest of names, and that none is near', () => {
  expect(nearestName('learning_rate', ['learningRate', 'loss'])).toBe('learningRate')
  expect(nearestName('banana', ['learningRate', 'loss'])).toBeUndefined()
})

it.each(Object.keys(policyGradientPresets))('takes %s, as every method of policy gradients', (algorithm) => {
  const { policy } = read(`
model: {path: m}
prompts: {files: p}
policy: {algorithm: ${algorithm}, rewards: [{type: lexicon, stopProperly: 0.5}], dynamicSampling: {rounds: 2}}
`)
  expect(policy).toMatchObject({ algorithm, measureKl: true, maskTruncated: false })
})

it('takes what a method can be told', () => {
  const settings = (learns: string) =>
    read(`
model: {path: m}
prompts: {files: p}
policy: {rewards: [{type: lexicon}], ${learns}}
`).policy
  expect(
    settings('algorithm: ppo, valueClipEpsilon: false, klEstimator: k3, missingEosPenalty: 1'),
  ).toMatchObject({
    ...{ valueClipEpsilon: false, klEstimator: 'k3', missingEosPenalty: 1, whitenRewards: false },
  })
  const server = 'rollouts: {baseUrl: "http://here", model: m, api: sglang, logprobs: raw}'
  expect(settings(`algorithm: grpo, ${server}`)).toMatchObject({
    rollouts: { api: 'sglang', logprobs: 'raw' },
  })
})
