import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { SampleRow } from '../../../loop/run/driver/run-event'
import type { StepRecord } from '../../../loop/step-record'
import type { RunData } from '../run-data'

/** What a made-up run is like. */
export interface SyntheticOptions {
  readonly name?: string
  readonly path?: string
  readonly seed?: number
  /** Steps of the policy. */
  readonly steps?: number
  /** Win probability and golden reward that it gains, and where the golden one turns round, as a share of the steps. */
  readonly gain?: number
  readonly turn?: number
  /** Laid over the settings, section by section. */
  readonly settings?: Readonly<Record<string, object>>
  /** Share of front accuracy over back accuracy of the reward model. */
  readonly gap?: number
  readonly accuracy?: number
  /** False where the run was killed in the middle of the policy. */
  readonly isFinished?: boolean
}

type Draw = () => number

/** About normal, of mean 0 and deviation 1: the sum of twelve. */
const gaussian = (draw: Draw): number => Array.from({ length: 12 }, draw).reduce((sum, x) => sum + x, -6)

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

const openings = [
  'Tom was a happy boy',
  'Lily had a red ball',
  'The cat saw a big dog',
  'Once there was a tree',
]
const endings = [
  'He was sad',
  'She went home',
  'They played all day',
  'It was a good day',
  'Then the sun came out',
]

const settingsOf = ({ seed = 0, steps = 60, settings = {} }: SyntheticOptions) => {
  const sections: Readonly<Record<string, object>> = {
    model: { path: '/models/stories260K.bin', chat: false },
    prompts: { files: ['/data/prompts.jsonl'], heldOut: 0.1 },
    comparisons: { source: 'simulated', pairs: 512, flip: 0, golden: { type: 'lexicon', plus: ['happy'] } },
    rewardModel: { kind: 'pairwise', consistencyWeight: 0.1, learningRate: 1e-3 },
    anchors: { n: 30, perPrompt: 1 },
    policy: {
      ...{
        algorithm: 'ppo',
        steps,
        promptsPerStep: 8,
        samplesPerPrompt: 4,
        klWeight: 0.001,
        value: 'anchor',
      },
      rewards: [{ type: 'winProbability', weight: 1, anchors: 'mean' }],
    },
    evaluation: { everySteps: 10, prompts: 24 },
  }
  const named = Object.keys({ ...sections, ...settings })
  return {
    seed,
    ...Object.fromEntries(named.map((name) => [name, { ...sections[name], ...settings[name] }])),
  }
}

/** How far the policy is: win probability (as log-odds), golden reward and divergence after some share of its steps. */
const stateAt = (share: number, { gain = 1.2, turn = 1 }: SyntheticOptions) => ({
  odds: gain * (1 - Math.exp(-3 * share)),
  golden: 1 + gain * (share <= turn ? share : turn - 1.5 * (share - turn)),
  kl: 4 * gain * share ** 1.3,
})

function heldOutRows(stage: string, step: number, share: number, options: SyntheticOptions): SampleRow[] {
  const { odds, golden } = stateAt(share, options)
  return Array.from({ length: 24 }, (_, i) => {
    const draw = drawer((options.seed ?? 0) * 1000 + i)
    const [shift, meant] = [gaussian(draw), gaussian(draw)]
    const win = logistic(odds + shift)
    const anchor = `${openings[i % 4]}. ${endings[i % 5]}. The end.`
    const own =
      share === 0
        ? `${endings[(i + 2) % 5]} & <script>left</script>`
        : endings[(i + Math.round(4 * share)) % 5]
    return {
      ...{ stage, step, split: 'held-out' as const, promptId: `p${i}` },
      prompt: `Tell a story about number ${i}.`,
      response: `${openings[i % 4]}. ${own}. The end.`,
      ...{ anchor, reward: win, rewards: { winProbability: win, golden: golden + 0.6 * meant } },
    }
  })
}

const drawer = (seed: number): Draw => {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const evaluated = (rows: readonly SampleRow[], share: number, options: SyntheticOptions) => ({
  eval_reward: mean(rows.flatMap(({ reward }) => reward ?? [])),
  'eval_rewards/winProbability/mean': mean(rows.flatMap(({ rewards }) => rewards.winProbability ?? [])),
  'eval_rewards/golden/mean': mean(rows.flatMap(({ rewards }) => rewards.golden ?? [])),
  eval_kl: stateAt(share, options).kl,
  'eval_completions/mean_length': 40 + 6 * share,
})

function rewardModelRecords({ gap = 0.05, accuracy = 0.72, ...options }: SyntheticOptions): StepRecord[] {
  const draw = drawer(options.seed ?? 0)
  return Array.from({ length: 32 }, (_, i) => {
    const reached = 0.5 + (accuracy - 0.5) * (1 - Math.exp(-i / 8)) + 0.04 * gaussian(draw)
    const told = (at: number) => ({
      accuracy: at,
      'accuracy/front': at + gap / 2,
      'accuracy/back': at - gap / 2,
      'accuracy/gap': gap,
    })
    const final = Object.entries(told(accuracy + 0.01 * gaussian(draw)))
    return {
      ...{ stage: 'reward_model', step: i + 1, loss: 0.7 - 0.2 * (1 - Math.exp(-i / 8)), ...told(reached) },
      ...{ answer_mass: 0.99, grad_norm: 1 + draw(), learning_rate: 1e-3, epoch: (i + 1) / 32 },
      ...(i === 31 && Object.fromEntries(final.map(([name, value]) => [`eval_${name}`, value]))),
    }
  })
}

function policyRecord(step: number, steps: number, options: SyntheticOptions, draw: Draw): StepRecord {
  const { odds, golden, kl } = stateAt(step / steps, options)
  const win = logistic(odds + 0.25 * gaussian(draw))
  return {
    ...{ stage: 'policy', step, 'rewards/winProbability/mean': win, 'rewards/winProbability/std': 0.2 },
    ...{ 'rewards/winProbability/position_gap': 0.05, 'rewards/golden/mean': golden + 0.2 * gaussian(draw) },
    ...{ reward: win, reward_std: 0.2, 'objective/kl': kl, 'objective/entropy': 60 - 10 * (step / steps) },
    ...{ 'completions/mean_length': 40 + gaussian(draw), 'completions/min_length': 12 },
    ...{ 'completions/max_length': 64, 'completions/clipped_ratio': 0.3, 'policy/entropy_avg': 1.5 },
    ...{ 'loss/policy_avg': 0.01 * gaussian(draw), 'loss/value_avg': 0.2 * Math.exp(-step / steps) },
    ...{ 'value/explained_variance': 0.6 * (step / steps), grad_norm: 0.5 + draw(), learning_rate: 1e-4 },
    ...{ 'val/ratio': 1 + 0.01 * gaussian(draw), 'policy/clipfrac_avg': 0.1 * draw() },
  }
}

function policyOf(options: SyntheticOptions) {
  const { steps = 60, seed = 0, isFinished = true } = options
  const draw = drawer(seed + 77)
  const made = isFinished ? steps : Math.round(steps / 2)
  const evaluations = new Map<number, SampleRow[]>()
  const records = Array.from({ length: made }, (_, i): StepRecord => {
    const record = policyRecord(i + 1, steps, options, draw)
    if ((i + 1) % 10 !== 0 && i + 1 !== steps) return record
    const rows = heldOutRows('policy', i + 1, (i + 1) / steps, options)
    evaluations.set(i + 1, rows)
    return { ...record, ...evaluated(rows, (i + 1) / steps, options) }
  })
  return { records, samples: [...evaluations.values()].flat() }
}

function evaluationOf(options: SyntheticOptions) {
  const { steps = 60 } = options
  const shares = [0, 1]
  const rows = shares.map((share, i) => heldOutRows('evaluation', i + 1, share, { ...options, steps }))
  return {
    records: shares.map(
      (share, i): StepRecord => ({
        ...{ stage: 'evaluation', step: i + 1, ...evaluated(rows[i]!, share, options) },
      }),
    ),
    samples: rows.flat(),
  }
}

const stageParts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  comparisons: { generate: 0.3, score: 0.02 },
  reward_model: { prepare: 0.001, learn: 0.4, evaluate: 0.05 },
  anchors: { generate: 0.5, score: 0.2 },
  policy: { generate: 0.2, score: 0.3, learn: 0.6, evaluate: 0.1 },
  evaluation: { evaluate: 1 },
}

/** A run that nobody made, in which a policy gets better: for tests and pictures of reports. */
export function syntheticRun(options: SyntheticOptions = {}): RunData {
  const { name = 'synthetic', path = `runs/${name}`, isFinished = true, seed = 0 } = options
  const draw = drawer(seed + 5)
  const data = ['comparisons', 'anchors'].map((stage) =>
    Array.from(
      { length: 4 },
      (_, i): StepRecord => ({
        ...{ stage, step: i + 1, pairs: 16, 'golden/mean': 1 + 0.1 * gaussian(draw) },
        ...(stage === 'anchors' && { 'best_of_n/n': 20 + i, 'best_of_n/win_probability': 0.8 }),
      }),
    ),
  )
  const policy = policyOf(options)
  const evaluation = isFinished ? evaluationOf(options) : { records: [], samples: [] }
  const records = [
    ...[...data[0]!, ...rewardModelRecords(options), ...data[1]!],
    ...[...policy.records, ...evaluation.records],
  ]
  const timings = records.map(({ stage, step }) => {
    const parts = stageParts[stage]!
    const seconds = Object.values(parts).reduce((sum, part) => sum + part, 0.02)
    return { stage, step, seconds, parts }
  })
  const stages = [...new Set(records.map(({ stage }) => stage))].slice(0, isFinished ? undefined : -1)
  return {
    ...{ name, path, settings: settingsOf(options), records, timings },
    facts: { prefkit: '0.0.0', backend: 'native', seed },
    samples: [...policy.samples, ...evaluation.samples],
    alerts: [],
    results: stages.map((stage) => ({
      ...{ stage, path: join(path, 'stages', stage), parts: {}, summary: { base: null, rows: 128 } },
      steps: records.filter((record) => record.stage === stage).length,
      seconds: 1,
    })),
  }
}

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

/** Writes a run into the directory of its path, as the command leaves it. */
export async function writeRunData(run: RunData): Promise<void> {
  await mkdir(run.path, { recursive: true })
  const { settings, records, timings, samples, alerts, results } = run
  const config = {
    files: [],
    settings,
    models: { '/models/stories260K.bin': 'ab'.repeat(32) },
    ranOn: 'native',
  }
  const saved = { command: 'run', prefkit: '0.0.0', config, data: {} }
  await writeFile(join(run.path, 'config.json'), JSON.stringify(saved))
  const files = { metrics: records, timings, samples, alerts }
  for (const [name, rows] of Object.entries(files))
    await writeFile(join(run.path, `${name}.jsonl`), lines(rows))
  for (const [i, { path: _, ...result }] of results.entries()) {
    const directory = join(run.path, 'stages', result.stage)
    await mkdir(directory, { recursive: true })
    const counts = { metrics: i, timings: i, samples: 0, alerts: 0 }
    await writeFile(join(directory, 'result.json'), JSON.stringify({ ...result, lines: counts }))
  }
}
