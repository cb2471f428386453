/** Settings to begin with: every stage of a run, small. */
export const exampleSettings = `# prefkit run config.yaml; --dry-run shows what it would do.
seed: 0

# A directory of Hugging Face, a GGUF file, or a model of llama2.c.
model:
  path: SmolLM2-135M-Instruct
  chat: true                # prompts that are text are messages of a user
  lora: {rank: 16, alpha: 32}   # leave it out to train all parameters

# Rows of {prompt} or {messages}: JSON, CSV or Parquet.
prompts:
  files: prompts.jsonl
  heldOut: 0.1              # nothing is learnt from these

sampling: {maxNewTokens: 64, temperature: 1}

# Which responses are better: human (files of comparisons), simulated, or judged.
comparisons:
  source: human
  files: comparisons.jsonl

rewardModel:
  kind: pairwise            # or scalar, embeddings, saved
  consistencyWeight: 0.1

# What responses are to beat: the best of n.
anchors: {n: 30}

policy:
  algorithm: ppo            # or grpo, rloo, reinforce++, dapo, …, online-preferences, xpo, nash-md
  value: anchor
  steps: 100
  promptsPerStep: 8
  samplesPerPrompt: 4
  learningRate: 1e-5
  rewards:
    - type: winProbability

evaluation: {everySteps: 10}
loggers: {tensorboard: true}
`
