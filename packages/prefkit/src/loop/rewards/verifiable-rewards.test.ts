import { describe, expect, it } from 'vitest'
import { rolloutOf } from '../testing/rollout-of'
import { formatReward } from './format-reward'
import { functionReward } from './function-reward'
import { ifevalReward } from './ifeval-reward'
import { lexiconReward } from './lexicon-reward'
import { regexReward } from './regex-reward'

const rolloutsOf = (...texts: string[]) => texts.map((text) => rolloutOf(text))

describe('regexReward', () => {
  it('is 1 for a match, also with a global pattern', async () => {
    const rollouts = rolloutsOf('a dog', 'a dog', 'a\ncat')
    expect((await regexReward({ pattern: /dog/g }).score(rollouts)).scores).toEqual([1, 1, 0])
    expect((await regexReward({ pattern: '^a.cat$' }).score(rollouts)).scores).toEqual([0, 0, 1])
    expect((await regexReward({ pattern: 'DOG', flags: 'i' }).score(rollouts)).scores).toEqual([1, 1, 0])
  })

  it('refuses what is no pattern', () => {
    expect(() => regexReward({ pattern: '(' })).toThrow(
      'regex: pattern: expected a regular expression, got "("',
    )
  })
})

describe('formatReward', () => {
  it('is 1 for the tags in order, each once, with something in it and nothing around', async () => {
    const { scores, metrics } = await formatReward({ tags: ['think', 'answer'] }).score(
      rolloutsOf(
        '<think>2 + 2\nis 4</think>\n<answer>4</answer>\n',
        '<think>a</think><answer>4</answer> bye',
        '<answer>4</answer><think>a</think>',
        '<think></think><answer>4</answer>',
        '<think>a</think><answer>4</answer><answer>5</answer>',
        '<think>a <think>b</think><answer>4</answer>',
        '<answer>4</answer>',
      ),
    )
    expect(scores).toEqual([1, 0, 0, 0, 0, 0, 0])
    expect(metrics).toEqual({ share_think: 6 / 7, share_answer: 1 })
  })

  it('refuses names that no tag has', () => {
    expect(() => formatReward({ tags: ['a>'] })).toThrow(
      'format: tags: expected letters, digits, _ and -, got "a>"',
    )
    expect(() => formatReward({ tags: [] })).toThrow('expected at least one, got none')
    expect(() => formatReward({ tags: ['a', 'a'] })).toThrow('expected each once, got a, a')
  })
})

describe('ifevalReward', () => {
  const fields = {
    instruction_id_list: ['punctuation:no_comma', 'length_constraints:number_words'],
    kwargs: [{}, { relation: 'at least', num_words: 3 }],
  }

  it('is the share of instructions that are followed', async () => {
    const rollouts = ['one two three', 'one, two, three', 'one, two'].map((text) =>
      rolloutOf(text, { fields }),
    )
    const { scores, metrics } = await ifevalReward().score(rollouts)
    expect(scores).toEqual([1, 0.5, 0])
    expect(metrics).toEqual({ all_followed: 1 / 3 })
  })

  it('forgives a first line where it is not strict', async () => {
    const rollouts = [rolloutOf('Sure, here:\none two three', { fields })]
    expect((await ifevalReward().score(rollouts)).scores).toEqual([0.5])
    expect((await ifevalReward({ strict: false }).score(rollouts)).scores).toEqual([1])
  })

  it('says which prompt has no instructions', async () => {
    await expect(ifevalReward().score(rolloutsOf('a'))).rejects.toThrow(
      'prompt p has no field "instruction_id_list"',
    )
  })
})

describe('functionReward', () => {
  it('takes numbers, truth values and nothing', async () => {
    const answers = { one: 1.5, two: true, three: false, four: undefined, five: null }
    const reward = functionReward('own', ({ text }) => answers[text as keyof typeof answers], { weight: 2 })
    expect(reward).toMatchObject({ name: 'own', weight: 2 })
    const { scores } = await reward.score(rolloutsOf('one', 'two', 'three', 'four', 'five'))
    expect(scores).toEqual([1.5, 1, 0, Number.NaN, Number.NaN])
  })
})

describe('lexiconReward', () => {
  it('counts words for and against, per word', async () => {
    const reward = lexiconReward({ plus: ['happy', 'Joy'], minus: ['sad', 'don’t'] })
    const rollouts = rolloutsOf('Happy happy joy!', 'a sad, sad happy end', 'I don’t', '…')
    expect((await reward.score(rollouts)).scores).toEqual([1, -0.2, -0.5, 0])
  })

  it('refuses no words at all', () => {
    expect(() => lexiconReward({})).toThrow('lexicon: plus, minus: expected words in one of them, got none')
  })
})
