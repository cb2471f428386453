import { type BundledFile, bundledFile } from '../bundled-files'

/** A path as YAML, whatever is in it. */
const pathOf = async (name: BundledFile): Promise<string> => JSON.stringify(await bundledFile(name))

/** What the demo is, as a configuration of `prefkit run`: a beginning for one's own. */
export async function demoSettings(): Promise<string> {
  // Its tokeniser is looked for beside it.
  await bundledFile('stories260k/tok512.bin')
  return `# The demo of prefkit; run it with: prefkit run <this file>
seed: 0

# A model of 260,032 parameters that tells stories (llama2.c; MIT).
model:
  path: ${await pathOf('stories260k/stories260K.bin')}
  microBatchTokens: 4096

# First sentences of stories. Nothing is learned from those that are held out.
prompts:
  files: ${await pathOf('stories260k/prompts.jsonl')}
  heldOutFiles: ${await pathOf('stories260k/held-out.jsonl')}

sampling: {maxNewTokens: 32, batchSize: 128}

# Simulated readers compare each two of 4 stories that begin alike. They like warm ones, and are wrong the more often the less two
# differ: with the probability 1 / (1 + exp(beta * difference)). Where they feel less than 1 of difference they say so, and the pair
# is left out. What they like is a function in a file; only they and the evaluation see it.
comparisons:
  source: simulated
  pairs: 4000
  responsesPerPrompt: 4
  pairsPerStep: 192
  heldOut: 0                # besides those to the prompts that are held out
  golden: &taste
    type: function
    module: ${await pathOf('stories260k/warm-stories.mjs')}
    export: warmStory
  annotator: {annotator: logistic, beta: 2, ties: 1}

# A judge learns from them which of two stories is better: the same model, asked in both orders (2504.04950).
rewardModel:
  kind: pairwise
  template: compact
  consistencyWeight: 0.1
  batchSize: 16
  learningRate: 1e-3
  schedule: linear
  warmupRatio: 0.08

# What stories are to beat: the best of 4, by the judge.
anchors: {n: 4}

# Pairwise PPO: the reward is the probability to beat the anchor. klWeight is greater than the paper's 0.001, with which this
# policy finds within 10 steps what fools so small a judge: see prefkit demo --hack.
policy:
  algorithm: ppo
  rewards: [{type: winProbability}]
  steps: 10
  promptsPerStep: 16
  samplesPerPrompt: 8
  epochs: 1
  minibatches: 4
  learningRate: 5e-4
  criticLearningRate: 1e-3
  klWeight: 0.02
  value: anchor
  critic: rewardModel

evaluation: {everySteps: 2, prompts: 32, samplesPerPrompt: 4, golden: *taste}

checkpointSeconds: 15
`
}
