import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { storiesPath } from '../../../lm/testing/stories'
import { locate, readRunConfig } from '../config/read-run-config'
import { parseRunConfig } from '../config/run-config'
import { writeNote } from '../models/reward-model-note'
import { runLoop } from '../run-loop'
import { preflight } from './preflight'

let folder = ''
const at = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-preflight-'))
  await writeFile(at('rows.jsonl'), '{"prompt": "Tom"}\n')
  await writeNote(folder, { kind: 'scalar', base: at('moved.bin'), lora: null })
})
afterAll(() => rm(folder, { recursive: true }))

const local = 'baseUrl: "http://127.0.0.1:8080/v1"'
const lexicon = '{type: lexicon, plus: [happy]}'

/** Settings with some lines in the place of a section's, or beside it. */
const whole = (sections: Readonly<Record<string, string>> = {}): string => {
  const standard = {
    model: `{path: ${storiesPath}}`,
    prompts: '{files: ROWS}',
    policy: `{algorithm: grpo, rewards: [${lexicon}]}`,
  }
  return Object.entries({ ...standard, ...sections })
    .map(([name, text]) => `${name}: ${text}\n`)
    .join('')
}

const check = async (content: string): Promise<void> => {
  // The folder is known once the tests run.
  const located = locate(content.replace('ROWS', at('rows.jsonl')).replace('SAVED', folder), 'run.yaml')
  return preflight(parseRunConfig(located.value, located), located)
}

const grpo = (rest: string): string => `{algorithm: grpo, rewards: [${lexicon}], ${rest}}`
const rewards = (list: string): string => `{algorithm: grpo, rewards: [${list}]}`
const simulated = (rest: string): string => `{source: simulated, golden: ${lexicon}, ${rest}}`

describe('preflight', () => {
  it.each([
    ['plain settings', whole()],
    ['any algorithm of groups', whole({ policy: `{algorithm: gdpo, rewards: [${lexicon}]}` })],
    ['two responses against each other', whole({ policy: `{algorithm: nash-md, rewards: [${lexicon}]}` })],
    ['a pair with the reference', whole({ policy: `{algorithm: xpo, alpha: 0, rewards: [${lexicon}]}` })],
    ['a loss with options', whole({ policy: grpo('loss: {name: gspoLoss}, maskTruncated: true') })],
    [
      'two judges',
      whole({
        policy: rewards(
          `{type: judge, asking: scores, judge: "openai:a", ${local}}, {type: rubric, judge: "openai:b", family: code, ${local}}`,
        ),
      }),
    ],
    ['annotators', whole({ comparisons: simulated('annotator: {ties: 0.1, lengthBias: 2}') })],
    [
      'a scalar reward model',
      whole({
        comparisons: simulated(''),
        rewardModel: '{kind: scalar, loss: hingeLoss, lossOptions: {margin: 2}}',
      }),
    ],
  ])('has nothing to say about %s', async (_, content) => {
    await expect(check(content)).resolves.toBeUndefined()
  })

  it.each([
    [
      'loss',
      { policy: grpo('loss: grpoLos') },
      /^run\.yaml:3: policy\.loss: expected one of .*did you mean grpoLoss\?$/,
    ],
    [
      'responses as long as the context',
      { sampling: '{maxNewTokens: 512}' },
      /^run\.yaml:4: sampling\.maxNewTokens: is too large for the model's context of 512 tokens.*got 512$/,
    ],
    [
      'judgements as long as the context',
      { comparisons: simulated(''), judge: '{maxNewTokens: 600}' },
      /^run\.yaml:5: judge\.maxNewTokens: is too large for the model's context of 512 tokens/,
    ],
    [
      'annotator without a formula',
      { comparisons: simulated('annotator: {annotator: expression}') },
      /comparisons\.annotator: annotator expression: expected quality "<expression>"/,
    ],
    [
      'perfect annotator that errs',
      { comparisons: simulated('annotator: {annotator: perfect, beta: 2}') },
      /comparisons\.annotator: beta: a perfect annotator has none: leave it out/,
    ],
    [
      'its options',
      { policy: grpo('loss: {name: grpoLoss, options: {clipEpsilom: 1}}') },
      /policy\.loss: .*clipEpsilom/,
    ],
    [
      'estimator',
      { policy: grpo('advantages: rlooAdvantage') },
      /policy\.advantages: .*did you mean rlooAdvantages\?/,
    ],
    [
      'ignored clip',
      { policy: `{algorithm: ppo, rewards: [${lexicon}], clipEpsilon: 0.3, loss: gspoLoss}` },
      /policy\.clipEpsilon: is of ppo without a loss/,
    ],
    [
      'online loss of single responses',
      { policy: `{algorithm: online-preferences, rewards: [${lexicon}], loss: ktoLoss}` },
      /policy\.loss: .*expected one of pairs/,
    ],
    [
      'probabilities with scores',
      {
        policy: `{algorithm: nash-md, rewards: [{type: judge, judge: "openai:x", ${local}}, ${lexicon}]}`,
      },
      /policy\.rewards: nash-md learns from how probably .*: judge says that, so all .* sum to 1/,
    ],
    [
      'a server that has no reference',
      { policy: `{algorithm: xpo, rewards: [${lexicon}], rollouts: {baseUrl: a, model: b}}` },
      /policy\.rollouts/,
    ],
    [
      'offline loss of margins',
      { comparisons: simulated(''), policy: '{algorithm: preferences, loss: rpoLoss}' },
      /policy\.loss: rpoLoss fits margins/,
    ],
    [
      'two rewards of a name',
      { policy: rewards(`${lexicon}, ${lexicon}`) },
      /policy\.rewards\[1\]: is logged as lexicon, as policy\.rewards\[0\] is: give one of them a name/,
    ],
    [
      'no weight',
      { policy: rewards('{type: lexicon, plus: [a], weight: 0}') },
      /policy\.rewards: expected one with a weight/,
    ],
    [
      'regular expression',
      { policy: rewards('{type: regex, pattern: "("}') },
      /policy\.rewards\[0\]\.pattern: expected a regular expression/,
    ],
    [
      'family',
      { policy: rewards('{type: rubric, judge: "openai:a", family: chats}') },
      /policy\.rewards\[0\]\.family: .*did you mean chat\?/,
    ],
    [
      'judge',
      { policy: rewards('{type: judge, asking: scores, judge: "opnai:a"}') },
      /policy\.rewards\[0\]\.judge: expected openai:<model>/,
    ],
    [
      'judge of pairs without anchors',
      { policy: rewards('{type: judge, judge: "openai:a"}') },
      /rewards\[0\]: a judge of pairs compares with anchors/,
    ],
    [
      'trained judge without one',
      { policy: rewards('{type: trainedJudge}') },
      /rewards\[0\]: trainedJudge is the one of a section judge/,
    ],
    [
      'module',
      { policy: rewards('{type: function, module: nowhere.mjs}') },
      /rewards\[0\]\.module: expected a file, got nowhere\.mjs/,
    ],
    [
      'rubrics',
      { policy: rewards('{type: rubric, judge: "openai:a", rubrics: nowhere.json}') },
      /rewards\[0\]\.rubrics: expected a file/,
    ],
    [
      'golden before training',
      { comparisons: '{source: simulated, golden: {type: score}}' },
      /comparisons\.golden: score is of a reward model/,
    ],
    [
      'golden reward',
      { evaluation: '{golden: {type: regex, pattern: "("}}' },
      /evaluation\.golden\.pattern: .*regular expression/,
    ],
    [
      'a name twice',
      { policy: rewards(`{type: lexicon, plus: [a], name: golden}`), evaluation: `{golden: ${lexicon}}` },
      /policy\.rewards: golden is the name of/,
    ],
    [
      'prompts',
      { prompts: '{files: nowhere.jsonl}' },
      /prompts\.files\[0\]: expected a file, got nowhere\.jsonl/,
    ],
    [
      'model',
      { model: '{path: nowhere.bin}' },
      /model\.path: nowhere\.bin: no such file or directory; expected a model/,
    ],
    [
      'saved reward model',
      { rewardModel: '{kind: saved, path: nowhere}' },
      /rewardModel\.path: .*expected a reward model of a run/,
    ],
    [
      'base of a saved reward model',
      { rewardModel: '{kind: saved, path: SAVED}' },
      /rewardModel\.path: .* is an adapter of a model that is not where it was: .*moved\.bin: no such file/,
    ],
    [
      'loss of a reward model',
      { comparisons: simulated(''), rewardModel: '{kind: scalar, lossOptions: {margn: 1}}' },
      /rewardModel\.lossOptions: .*margn/,
    ],
    [
      'embedder',
      { comparisons: simulated(''), rewardModel: '{kind: embeddings, embedder: words}' },
      /rewardModel\.embedder: expected hashed-ngrams/,
    ],
    [
      'options of a network',
      { comparisons: simulated(''), rewardModel: '{kind: embeddings, options: {epochs: 0}}' },
      /rewardModel\.options: .*epochs/,
    ],
    [
      'parameters of trees',
      {
        comparisons: simulated(''),
        rewardModel: '{kind: embeddings, model: bt-trees, options: {trees: {num_leaves: 1}}}',
      },
      /rewardModel\.options: trees: num_leaves is 1; expected an integer/,
    ],
    [
      'expression',
      { comparisons: simulated('annotator: {annotator: expression, quality: "sigmoid("}') },
      /comparisons\.annotator: /,
    ],
    [
      'dialect',
      { comparisons: `{source: human, files: rows, dialect: hff}` },
      /comparisons\.dialect: expected one of .*got hff/,
    ],
    [
      'form of a judge',
      { comparisons: simulated(''), judge: '{rubrics: generated}' },
      /judge: rubrics: a short answer has no room|judge: judge\.rubrics: a short answer/,
    ],
    ['f', { comparisons: simulated(''), judge: '{f: "min("}' }, /judge\.f: /],
    [
      'transcripts',
      { comparisons: simulated(''), judge: '{template: reasoned, sft: {}}' },
      /judge\.sft: a judge that gives reasons/,
    ],
    ['monitor', { monitors: '{klBlowUpp: {}}' }, /monitors: .*did you mean/],
    ['backend', { backend: 'naitve' }, /run\.yaml:4: backend: expected auto, reference, native/],
  ])('tells what a stage would refuse hours later: %s', async (_, sections, message) => {
    await expect(check(whole(sections))).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) }),
    )
  })

  it('wants a key for embeddings of a server before there is anything to embed', async () => {
    const rewardModel = '{kind: embeddings, embedder: "openai:e"}'
    const content = whole({ comparisons: simulated(''), rewardModel })
    try {
      vi.stubEnv('OPENAI_API_KEY', undefined)
      await expect(check(content)).rejects.toThrow(
        /^run\.yaml:5: rewardModel\.embedder: .*expected a key for api\.openai\.com.*OPENAI_API_KEY/,
      )
      vi.stubEnv('OPENAI_API_KEY', 'sk-any')
      await expect(check(content)).resolves.toBeUndefined()
    } finally {
      vi.unstubAllEnvs()
    }
    const folder = '{kind: embeddings, embedder: "transformers:/nowhere/model"}'
    await expect(check(whole({ comparisons: simulated(''), rewardModel: folder }))).rejects.toThrow(
      /^run\.yaml:5: rewardModel\.embedder: .*nowhere/,
    )
  })

  it('tells all at once, with lines', async () => {
    const content = whole({
      policy: grpo('loss: grpoLos'),
      backend: 'naitve',
      prompts: '{files: nowhere.jsonl}',
    })
    await writeFile(at('run.yaml'), content)
    const problems = await readRunConfig(at('run.yaml')).catch(({ message }: Error) => message.split('\n'))
    expect(problems).toEqual([
      expect.stringMatching(/run\.yaml:2: prompts\.files\[0\]: /),
      expect.stringMatching(/run\.yaml:4: backend: /),
      expect.stringMatching(/run\.yaml:3: policy\.loss: /),
    ])
  })

  it('is made before a run writes anything', async () => {
    const content = whole({ policy: grpo('loss: grpoLos'), prompts: `{files: ${at('rows.jsonl')}}` })
    const located = locate(content, 'run.yaml')
    // As it was read above.
    await expect(runLoop(located.value as Parameters<typeof runLoop>[0], at('run'))).rejects.toThrow(
      'policy.loss',
    )
    await expect(readRunConfig(at('run/config.json'))).rejects.toThrow(/could not be read/)
  })
})

it.each([
  ['sampling: {topP: 0}', 'sampling.topP: expected a number above 0 and at most 1, got 0'],
  ['sampling: {topK: 1.5}', 'sampling.topK: expected a whole number of at least 0, got 1.5'],
  ['seed: 1099511627776', 'seed: expected a whole number from 0 to 2³³ − 1'],
  [
    'anchors: {n: 3, perPrompt: 4}',
    'anchors.perPrompt: are among the n that are drawn: expected at most 3, got 4',
  ],
  [
    'anchors: {adaptive: {threshold: 3}}',
    'anchors.adaptive.threshold: expected a number above 0 and at most 1',
  ],
  [
    'comparisons: {source: simulated, golden: {type: lexicon}, annotator: {lenghtBias: 3}}',
    'lenghtBias: no such setting; did you mean lengthBias?',
  ],
  [
    'comparisons: {source: simulated, golden: {type: lexicon}, annotator: {worstCase: 0.1}}',
    'worstCase: no such setting',
  ],
  [
    'comparisons: {source: judged, judge: "openai:a", options: {a: 1}}',
    'comparisons.options: no such setting',
  ],
])('refuses %s as it is read', (line, message) => {
  const located = locate(`${whole()}${line}\n`, 'run.yaml')
  expect(() => parseRunConfig(located.value, located)).toThrow(message)
})

it('wants several responses to a prompt where they are compared with each other, and one where not', async () => {
  const alone = (algorithm: string): Promise<void> =>
    check(whole({ policy: `{algorithm: ${algorithm}, samplesPerPrompt: 1, rewards: [${lexicon}]}` }))
  for (const algorithm of ['grpo', 'dr_grpo', 'rloo', 'gdpo', 'custom']) {
    await expect(alone(algorithm)).rejects.toThrow(/policy\.samplesPerPrompt: .*expected at least 2/)
  }
  for (const algorithm of ['reinforce', '"reinforce++"'])
    await expect(alone(algorithm)).resolves.toBeUndefined()
})
