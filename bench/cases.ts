interface CaseCommon {
  readonly name: string
  /** How many times the throughput of each peer prefkit should have. */
  readonly targets: Readonly<Record<string, number>>
  /** Backends of prefkit that are compared with the peers, unless others are named. Default: `native`. */
  readonly backends?: readonly string[]
  /** Peers that are left out unless they are named, and why. */
  readonly leftOut?: Readonly<Record<string, string>>
}

/** A training step that every peer takes on the same weights and data. */
export interface TrainingCase extends CaseCommon {
  readonly kind: 'training'
  /** Widths of the network, input first. */
  readonly widths: readonly number[]
  /** Pairs in a batch. Both responses of a pair go through the network, so it sees twice as many rows. */
  readonly pairs: number
  readonly learningRate: number
  /** Steps that prefkit takes in one compiled graph, when it is asked for as many. Default: 1. */
  readonly stepsPerCall?: number
}

/** Products of square f32 matrices, each the left factor of the next. */
export interface MatmulCase extends CaseCommon {
  readonly kind: 'matmul'
  /** Rows and columns. */
  readonly size: number
}

/**
 * What a trainer computes of a batch of responses, `[responses, tokens]`. `gae`: whitened advantages and returns;
 * `group-relative`: an advantage for each token from one reward a response; `ppo-loss`: the loss, its gradient and the
 * metrics that are logged with it.
 */
export interface PolicyCase extends CaseCommon {
  readonly kind: 'gae' | 'group-relative' | 'ppo-loss'
  readonly responses: number
  readonly tokens: number
}

/** Steps and products: what libraries of tensors have. */
export type TensorCase = TrainingCase | MatmulCase

export type BenchCase = TensorCase | PolicyCase

const targets = { pytorch: 1, 'pytorch-fused': 1, tfjs: 5, 'jax-js': 5 }

const paper = { kind: 'training', widths: [2048, 1024, 512, 1], learningRate: 1e-4, targets } as const

/** The reward model of 2411.04991, at a small and at the paper's batch, and a step too small to be about arithmetic. */
export const trainingCases: readonly TrainingCase[] = [
  { name: 'paper-512', ...paper, pairs: 512 },
  {
    name: 'paper-512-by-8',
    ...paper,
    pairs: 512,
    stepsPerCall: 8,
    leftOut: { tfjs: 'paper-512 has it, and a step takes seconds' },
  },
  {
    name: 'paper-10240',
    ...paper,
    pairs: 10_240,
    leftOut: { tfjs: 'a step takes minutes; name it in --peers to have it' },
  },
  {
    name: 'small-32',
    kind: 'training',
    widths: [64, 64, 1],
    pairs: 32,
    learningRate: 1e-3,
    targets: { pytorch: 1, 'pytorch-fused': 1 },
  },
]

const matmul = {
  kind: 'matmul',
  targets: {},
  backends: ['native', 'webasm'],
  leftOut: { 'pytorch-fused': 'it differs from pytorch in the optimizer alone' },
} as const

/** The product alone: what most of a training step's arithmetic is. */
export const matmulCases: readonly MatmulCase[] = [
  { name: 'matmul-512', ...matmul, size: 512 },
  { name: 'matmul-1024', ...matmul, size: 1024 },
]

const batch = { responses: 1024, tokens: 1024, targets: { verl: 1, 'verl-vectorized': 1, trl: 1 } } as const

/** Estimators on plain typed arrays, and a loss through the compiled graph, against the trainers' own functions. */
export const policyCases: readonly PolicyCase[] = [
  { name: 'gae-1024', kind: 'gae', ...batch, backends: ['arrays'] },
  { name: 'group-relative-1024', kind: 'group-relative', ...batch, backends: ['arrays'] },
  { name: 'ppo-loss-1024', kind: 'ppo-loss', ...batch },
]

/** What a browser is asked to do: the step that is about arithmetic, the one that is not, and the products. */
export const browserCases: readonly TensorCase[] = [
  ...matmulCases,
  ...trainingCases.filter(({ name }) => ['paper-512', 'small-32'].includes(name)),
]
