import type { BinnedFeatures, LanePlace } from '../binning/binned-features'
import type { FeatureBins } from '../binning/feature-bins'
import { EPSILON } from '../epsilon'
import type { Engine } from '../kernels/engine'
import {
  BLOCK_BYTES,
  FEATURE_BYTES,
  GENERAL_CONSTRAINED,
  GENERAL_OUTPUTS,
  KERNEL_HISTOGRAMS,
  LANES,
  LARGE_STRIDE,
  LEAF_ALLOWED,
  LEAF_BYTES,
  LEAF_GRADIENT,
  LEAF_HISTOGRAM,
  LEAF_RESULTS,
  LEAF_SPLITTABLE,
  MIDDLE_STRIDE,
  MISSING_NAN,
  MISSING_NONE,
  MISSING_ZERO,
  RESULT_BYTES,
  RESULT_DEFAULT_LEFT,
  RESULT_FEATURE,
  RESULT_GAIN,
  RESULT_LEFT_GRADIENT,
  RESULT_LEFT_HESSIAN,
  RESULT_LEFT_OUTPUT,
  RESULT_RIGHT_GRADIENT,
  RESULT_RIGHT_HESSIAN,
  RESULT_RIGHT_OUTPUT,
  RESULT_THRESHOLD,
  SCRATCH_BYTES,
  SMALL_STRIDE,
  SUM_BYTES,
  TASK_ALL_ROWS,
  TASK_BLOCK_COUNT,
  TASK_BLOCKS,
  TASK_BYTES,
  TASK_COUNT,
  TASK_FEATURES,
  TASK_GENERAL,
  TASK_GROUP,
  TASK_LAMBDA_L1,
  TASK_LARGER,
  TASK_PAIRS,
  TASK_ROWS,
  TASK_SCRATCH,
  TASK_SMALLER,
  TASK_USED,
} from '../kernels/layout'
import { type CategoricalSettings, findCategoricalSplit } from './categorical-split'
import type { Leaf } from './leaf'
import { isBetter, type Split } from './split'

/** Parameters of the search, by LightGBM's names. */
export interface SearchSettings extends CategoricalSettings {
  readonly monotone_penalty: number
}

/** A leaf whose best split is wanted. */
export interface SoughtLeaf {
  readonly leaf: Leaf
  readonly parentOutput: number
  /** Inner features that this node may split on. */
  readonly allowed: Uint8Array | undefined
}

/** Finds the best splits of leaves from histograms of their rows. */
export interface HistogramSearch {
  /** Features that the tree may split on; forgets the histograms of the tree before. */
  beginTree(used: Uint8Array): void
  /** Sets `best` of two leaves, or of the root alone. */
  search(rows: LeafRows, smaller: SoughtLeaf, larger?: SoughtLeaf): void
}

/** Rows of a leaf, and what is to be added up of them. */
export interface LeafRows {
  /** Address of row numbers; 0: all rows in order. */
  readonly rows: number
  /** Address of the rows' gradients and Hessians. */
  readonly pairs: number
}

const missingNumbers = { none: MISSING_NONE, zero: MISSING_ZERO, nan: MISSING_NAN } as const
/** Bytes of a histogram where bins are bytes. */
const laneStrides = [SMALL_STRIDE, MIDDLE_STRIDE, LARGE_STRIDE] as const

/** Histograms of so many leaves as a tree needs, taken when they are needed and kept for the next tree. */
export function createHistogramSearch(
  engine: Engine,
  binned: BinnedFeatures,
  monotone: readonly number[],
  settings: SearchSettings,
): HistogramSearch {
  const features = binned.used.length
  const inner = Array.from(binned.used, (column) => binned.bins[column]!)
  const blocks = layBlocks(binned)
  const memory = allocateSearch(engine, features, blocks)
  writeFeatures(engine, memory.features, inner, monotone, blocks)
  writeTask(engine, memory, settings, blocks, binned.rows)
  const slots: Slot[] = []
  let taken = 0

  const takeSlot = (): number => {
    if (taken === slots.length) {
      slots.push({ histogram: engine.allocate(blocks.bytes), splittable: engine.allocate(features) })
    }
    return taken++
  }
  const writeSought = (which: 0 | 1, sought: SoughtLeaf): void => {
    writeLeaf(engine, memory.leaves + which * LEAF_BYTES, slots[sought.leaf.slot]!, sought, {
      results: memory.results + which * blocks.count * RESULT_BYTES,
      allowed: memory.allowed + which * features,
      factor: monotoneFactor(sought.leaf.depth, settings.monotone_penalty),
    })
    engine.u8(memory.allowed + which * features, features).set(sought.allowed ?? memory.all)
  }
  const categorical = inner.flatMap(({ kind }, feature) => (kind === 'categorical' ? [feature] : []))

  return {
    beginTree(used) {
      taken = 0
      engine.u8(memory.used, features).set(used)
    },
    search({ rows, pairs }, smaller, larger) {
      // The larger leaf's histograms are its parent's less the smaller's, in the parent's place.
      smaller.leaf.slot = takeSlot()
      writeSought(0, smaller)
      if (larger) writeSought(1, larger)
      const task = engine.i32(memory.task, TASK_LARGER + 1)
      task[TASK_ROWS] = rows
      task[TASK_COUNT] = smaller.leaf.count
      task[TASK_PAIRS] = pairs
      task[TASK_LARGER] = larger ? memory.leaves + LEAF_BYTES : 0
      engine.parallel(KERNEL_HISTOGRAMS, memory.task, Math.ceil(blocks.count / blocks.group))
      const sought = larger ? [smaller, larger] : [smaller]
      for (const [which, { leaf }] of sought.entries()) {
        leaf.best = readBest(engine, memory.results + which * blocks.count * RESULT_BYTES, blocks.count)
      }
      for (const feature of categorical) searchCategories(feature, smaller, larger)
    },
  }

  function searchCategories(feature: number, smaller: SoughtLeaf, larger: SoughtLeaf | undefined): void {
    const flags = larger && engine.u8(slots[larger.leaf.slot]!.splittable, features)
    const worthwhile = engine.u8(memory.used, features)[feature] === 1 && flags?.[feature] !== 0
    if (!worthwhile) return
    const { numBins } = inner[feature]!
    const at = blocks.histograms[feature]!
    for (const { leaf, parentOutput, allowed } of larger ? [smaller, larger] : [smaller]) {
      const slot = slots[leaf.slot]!
      const histogram = engine.f64(slot.histogram + at, 2 * numBins)
      const split = findCategoricalSplit(histogram, feature, { ...leaf, parentOutput }, settings)
      engine.u8(slot.splittable, features)[feature] = split ? 1 : 0
      if (split && allowed?.[feature] !== 0 && isBetter(split, leaf.best)) leaf.best = split
    }
  }
}

/** What is kept of one leaf. */
interface Slot {
  readonly histogram: number
  readonly splittable: number
}

interface Blocks {
  readonly count: number
  /** Blocks that a thread takes at once. */
  readonly group: number
  /** Words of the blocks' structs. */
  readonly words: readonly number[]
  /** Bytes of a leaf's histograms. */
  readonly bytes: number
  /** Features by block. */
  readonly order: readonly number[]
  /** `[features]` where each one's histogram is in its block's, and in a leaf's. */
  readonly shifts: readonly number[]
  readonly histograms: readonly number[]
}

/** Bytes from one lane's histogram to the next one's: wide bins are few, and need no fixed size. */
const laneStride = (bytesPerBin: 1 | 2, values: number): number =>
  bytesPerBin === 2 ? SUM_BYTES * (values + 1) : laneStrides.find((bytes) => SUM_BYTES * values < bytes)!

function featuresByBlock(places: readonly LanePlace[], blocks: number): number[][] {
  const features = Array.from({ length: blocks }, (): number[] => [])
  for (const [feature, { block }] of places.entries()) features[block]!.push(feature)
  return features
}

/** Where histograms are, and the features of each block side by side, in the order of the table of features. */
function layBlocks({ blocks, places, group }: BinnedFeatures): Blocks {
  const words: number[] = []
  const order: number[] = []
  const shifts: number[] = []
  const histograms: number[] = []
  const ofBlock = featuresByBlock(places, blocks.length)
  let bytes = 0
  for (const [number, block] of blocks.entries()) {
    const { address, stride: rowStride, columns, bytesPerBin, lanes, values } = block
    const stride = laneStride(bytesPerBin, values)
    const features = ofBlock[number]!
    const place = [
      address,
      bytesPerBin,
      lanes,
      stride,
      bytes,
      order.length,
      features.length,
      rowStride,
      columns,
    ]
    for (let word = 0; word < BLOCK_BYTES / 4; word++) words.push(place[word] ?? 0)
    for (const feature of features) {
      order.push(feature)
      shifts[feature] = places[feature]!.lane * stride + places[feature]!.first * SUM_BYTES
      histograms[feature] = bytes + shifts[feature]
    }
    bytes += LANES * stride
  }
  return { count: blocks.length, group, words, bytes, order, shifts, histograms }
}

/** Addresses of what a search needs besides histograms. */
interface SearchMemory {
  readonly blocks: number
  readonly features: number
  readonly task: number
  readonly leaves: number
  readonly results: number
  readonly used: number
  readonly allowed: number
  readonly scratch: number
  /** Flags that allow every feature. */
  readonly all: Uint8Array
}

function allocateSearch(engine: Engine, features: number, blocks: Blocks): SearchMemory {
  const memory = {
    blocks: engine.allocate(blocks.count * BLOCK_BYTES),
    features: engine.allocate(features * FEATURE_BYTES),
    task: engine.allocate(TASK_BYTES),
    leaves: engine.allocate(2 * LEAF_BYTES),
    results: engine.allocate(2 * blocks.count * RESULT_BYTES),
    used: engine.allocate(features),
    allowed: engine.allocate(2 * features),
    scratch: engine.allocate(engine.threads * SCRATCH_BYTES),
    all: new Uint8Array(features).fill(1),
  }
  engine.i32(memory.blocks, blocks.words.length).set(blocks.words)
  return memory
}

function writeFeatures(
  engine: Engine,
  address: number,
  inner: readonly FeatureBins[],
  monotone: readonly number[],
  { order, shifts }: Blocks,
): void {
  const words = engine.i32(address, (inner.length * FEATURE_BYTES) / 4)
  for (const [place, feature] of order.entries()) {
    const { numBins, missing, defaultBin, mostFrequentBin, kind } = inner[feature]!
    const flags = [kind === 'categorical' ? 1 : 0, monotone[feature]!]
    const fields = [
      numBins,
      missingNumbers[missing],
      defaultBin,
      mostFrequentBin,
      ...flags,
      feature,
      shifts[feature]!,
    ]
    words.set(fields, (place * FEATURE_BYTES) / 4)
  }
}

function writeTask(
  engine: Engine,
  memory: SearchMemory,
  settings: SearchSettings,
  { group, count }: Blocks,
  rows: number,
): void {
  const { lambda_l1, lambda_l2, max_delta_step, path_smooth } = settings
  const needsOutputs = lambda_l1 > 0 || max_delta_step > 0 || path_smooth > EPSILON
  const general = (needsOutputs ? GENERAL_OUTPUTS : 0) | (settings.constrained ? GENERAL_CONSTRAINED : 0)
  const words = engine.i32(memory.task, TASK_ALL_ROWS + 1)
  words[TASK_BLOCKS] = memory.blocks
  words[TASK_FEATURES] = memory.features
  words[TASK_USED] = memory.used
  words[TASK_GENERAL] = general
  words[TASK_SCRATCH] = memory.scratch
  words[TASK_SMALLER] = memory.leaves
  words[TASK_GROUP] = group
  words[TASK_BLOCK_COUNT] = count
  words[TASK_ALL_ROWS] = rows
  engine
    .f64(memory.task, TASK_BYTES / 8)
    .set(
      [
        lambda_l1,
        lambda_l2,
        max_delta_step,
        path_smooth,
        settings.min_gain_to_split,
        settings.min_data_in_leaf,
        settings.min_sum_hessian_in_leaf,
      ],
      TASK_LAMBDA_L1,
    )
}

function writeLeaf(
  engine: Engine,
  address: number,
  slot: Slot,
  { leaf, parentOutput }: SoughtLeaf,
  { results, allowed, factor }: { results: number; allowed: number; factor: number },
): void {
  const words = engine.i32(address, 4)
  words[LEAF_HISTOGRAM] = slot.histogram
  words[LEAF_SPLITTABLE] = slot.splittable
  words[LEAF_ALLOWED] = allowed
  words[LEAF_RESULTS] = results
  const { gradient, hessian, count, minimum, maximum } = leaf
  engine
    .f64(address, LEAF_BYTES / 8)
    .set([gradient, hessian, count, parentOutput, minimum, maximum, factor], LEAF_GRADIENT)
}

/** How much of its gain a split of a monotone feature keeps at this depth; as LightGBM's `monotone_penalty`. */
function monotoneFactor(depth: number, penalty: number): number {
  if (penalty >= depth + 1) return EPSILON
  if (penalty <= 1) return 1 - penalty / 2 ** depth + EPSILON
  return 1 - 2 ** (penalty - 1 - depth) + EPSILON
}

/** The best of the blocks' results; the first of equals. */
function readBest(engine: Engine, results: number, blocks: number): Split | undefined {
  const words = engine.i32(results, (blocks * RESULT_BYTES) / 4)
  const numbers = engine.f64(results, (blocks * RESULT_BYTES) / 8)
  const featureOf = (block: number): number => words[(block * RESULT_BYTES) / 4 + RESULT_FEATURE]!
  const gainOf = (block: number): number => numbers[(block * RESULT_BYTES) / 8 + RESULT_GAIN]!
  let best = -1
  for (let block = 0; block < blocks; block++) {
    if (featureOf(block) < 0) continue
    const [gain, most] = [gainOf(block), best < 0 ? Number.NEGATIVE_INFINITY : gainOf(best)]
    if (gain > most || (gain === most && featureOf(block) < featureOf(best))) best = block
  }
  if (best < 0) return undefined
  const word = words.subarray((best * RESULT_BYTES) / 4)
  const number = numbers.subarray((best * RESULT_BYTES) / 8)
  return {
    feature: word[RESULT_FEATURE]!,
    gain: number[RESULT_GAIN]!,
    leftGradient: number[RESULT_LEFT_GRADIENT]!,
    leftHessian: number[RESULT_LEFT_HESSIAN]!,
    rightGradient: number[RESULT_RIGHT_GRADIENT]!,
    rightHessian: number[RESULT_RIGHT_HESSIAN]!,
    leftOutput: number[RESULT_LEFT_OUTPUT]!,
    rightOutput: number[RESULT_RIGHT_OUTPUT]!,
    condition: { threshold: word[RESULT_THRESHOLD]!, defaultLeft: word[RESULT_DEFAULT_LEFT] === 1 },
  }
}
