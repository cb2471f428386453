import {
  FEATURE_BINS,
  FEATURE_CATEGORICAL,
  FEATURE_DEFAULT_BIN,
  FEATURE_MISSING,
  FEATURE_MONOTONE,
  FEATURE_MOST_FREQUENT,
  FEATURE_NUMBER,
  GENERAL_CONSTRAINED,
  LEAF_ALLOWED,
  LEAF_GRADIENT,
  LEAF_HESSIAN,
  LEAF_MAXIMUM,
  LEAF_MINIMUM,
  LEAF_MONOTONE_FACTOR,
  LEAF_PARENT_OUTPUT,
  LEAF_RESULTS,
  LEAF_ROWS,
  LEAF_SPLITTABLE,
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
  TASK_GENERAL,
  TASK_LAMBDA_L1,
  TASK_LAMBDA_L2,
  TASK_MAX_DELTA_STEP,
  TASK_MIN_DATA,
  TASK_MIN_GAIN,
  TASK_MIN_HESSIAN,
  TASK_PATH_SMOOTH,
} from '../src/kernels/layout'
import { address, float, int } from './fields'

/** What keeps Hessians of empty sides off zero, as in LightGBM: a float there, so not exactly 1e-15. */
const EPSILON: f64 = <f64>(<f32>1e-15)

// Settings of the task, read once for each feature: a kernel's thread has its own globals.
let isPlain: bool = true
/** Outputs have bounds and an order: some feature of the task is monotone. */
let constrainedOutputs: bool = false
let l1: f64 = 0
let l2: f64 = 0
let maxDeltaStep: f64 = 0
let pathSmooth: f64 = 0
let minData: f64 = 0
let minHessian: f64 = 0
// The leaf.
let sumGradient: f64 = 0
let sumHessian: f64 = 0
let leafRows: f64 = 0
let parentOutput: f64 = 0
let minimum: f64 = 0
let maximum: f64 = 0
let monotone: i32 = 0
let minGainShift: f64 = 0
let countFactor: f64 = 0
// The best split of one direction, and whether any was worth making.
let splittable: bool = false
let bestGain: f64 = 0
let bestThreshold: i32 = 0
let bestGradient: f64 = 0
let bestHessian: f64 = 0
let bestCount: f64 = 0
// The best split of the feature.
let foundGain: f64 = 0
let found: bool = false
let foundLeft: bool = false
let foundThreshold: i32 = 0
let foundGradient: f64 = 0
let foundHessian: f64 = 0
let foundCount: f64 = 0

export function resetResult(leaf: usize, block: i32): void {
  const result = address(leaf, LEAF_RESULTS) + block * RESULT_BYTES
  store<i32>(result + (RESULT_FEATURE << 2), -1)
  store<f64>(result + (RESULT_GAIN << 3), -f64.MAX_VALUE)
}

/** The bin that LightGBM does not store is the leaf's sums less all other bins: the same here, rounding included. */
export function fixMostFrequent(histogram: usize, feature: usize, leaf: usize): void {
  const bin = <usize>int(feature, FEATURE_MOST_FREQUENT)
  if (bin === 0) return
  let rest = f64x2(float(leaf, LEAF_GRADIENT), float(leaf, LEAF_HESSIAN))
  const at = histogram + (bin << 4)
  const end = histogram + ((<usize>int(feature, FEATURE_BINS)) << 4)
  for (let other = histogram; other < at; other += 16) rest = f64x2.sub(rest, v128.load(other))
  for (let other = at + 16; other < end; other += 16) rest = f64x2.sub(rest, v128.load(other))
  v128.store(at, rest)
}

/** The best split of a numerical feature; it becomes the block's result if it is better. */
export function findSplit(task: usize, leaf: usize, histogram: usize, feature: usize, block: i32): void {
  if (int(feature, FEATURE_CATEGORICAL)) return
  const number = int(feature, FEATURE_NUMBER)
  readSettings(task, leaf, feature)
  scanDirections(histogram, feature)
  store<u8>(address(leaf, LEAF_SPLITTABLE) + number, <u8>splittable)
  if (!found || load<u8>(address(leaf, LEAF_ALLOWED) + number) === 0) return
  const gain = monotone === 0 ? foundGain : foundGain * float(leaf, LEAF_MONOTONE_FACTOR)
  const result = address(leaf, LEAF_RESULTS) + block * RESULT_BYTES
  const best = float(result, RESULT_GAIN)
  // Of equal gains the first feature's: bundles have changed their order.
  if (gain > best || (gain === best && number < int(result, RESULT_FEATURE))) writeResult(result, number, gain)
}

function readSettings(task: usize, leaf: usize, feature: usize): void {
  const general = int(task, TASK_GENERAL)
  isPlain = general === 0
  constrainedOutputs = (general & GENERAL_CONSTRAINED) !== 0
  l1 = float(task, TASK_LAMBDA_L1)
  l2 = float(task, TASK_LAMBDA_L2)
  maxDeltaStep = float(task, TASK_MAX_DELTA_STEP)
  pathSmooth = float(task, TASK_PATH_SMOOTH)
  minData = float(task, TASK_MIN_DATA)
  minHessian = float(task, TASK_MIN_HESSIAN)
  sumGradient = float(leaf, LEAF_GRADIENT)
  sumHessian = float(leaf, LEAF_HESSIAN) + 2 * EPSILON
  leafRows = float(leaf, LEAF_ROWS)
  parentOutput = float(leaf, LEAF_PARENT_OUTPUT)
  minimum = float(leaf, LEAF_MINIMUM)
  maximum = float(leaf, LEAF_MAXIMUM)
  monotone = int(feature, FEATURE_MONOTONE)
  minGainShift = leafGain(sumGradient, sumHessian, leafRows) + float(task, TASK_MIN_GAIN)
  countFactor = leafRows / sumHessian
  splittable = false
  found = false
  foundGain = -f64.MAX_VALUE
}

function scanDirections(histogram: usize, feature: usize): void {
  const bins = int(feature, FEATURE_BINS)
  const missing = int(feature, FEATURE_MISSING)
  const offset = int(feature, FEATURE_MOST_FREQUENT) === 0 ? 1 : 0
  const isMissingAware = bins > 2 && missing !== MISSING_NONE
  const skip = isMissingAware && missing === MISSING_ZERO ? int(feature, FEATURE_DEFAULT_BIN) : -1
  const withNan = isMissingAware && missing === MISSING_NAN
  const last = bins - 1 - <i32>withNan
  if (!isPlain || skip >= 0) scanDown(histogram, last, skip)
  else scanDownPlain(histogram, last)
  keepIfBetter(isMissingAware || missing !== MISSING_NAN)
  if (!isMissingAware) return
  scanUp(histogram, bins, offset, skip, withNan)
  keepIfBetter(false)
}

function keepIfBetter(defaultLeft: bool): void {
  if (!splittable || !(bestGain > foundGain + minGainShift)) return
  found = true
  foundGain = bestGain - minGainShift
  foundLeft = defaultLeft
  foundThreshold = bestThreshold
  foundGradient = bestGradient
  foundHessian = bestHessian
  foundCount = bestCount
}

function writeResult(result: usize, number: i32, gain: f64): void {
  const rightGradient = sumGradient - foundGradient
  const rightHessian = sumHessian - foundHessian
  store<i32>(result + (RESULT_FEATURE << 2), number)
  store<i32>(result + (RESULT_THRESHOLD << 2), foundThreshold)
  store<i32>(result + (RESULT_DEFAULT_LEFT << 2), <i32>foundLeft)
  store<f64>(result + (RESULT_GAIN << 3), gain)
  store<f64>(result + (RESULT_LEFT_GRADIENT << 3), foundGradient)
  store<f64>(result + (RESULT_LEFT_HESSIAN << 3), foundHessian - EPSILON)
  store<f64>(result + (RESULT_RIGHT_GRADIENT << 3), rightGradient)
  store<f64>(result + (RESULT_RIGHT_HESSIAN << 3), rightHessian - EPSILON)
  store<f64>(result + (RESULT_LEFT_OUTPUT << 3), constrained(leafOutput(foundGradient, foundHessian, foundCount)))
  store<f64>(
    result + (RESULT_RIGHT_OUTPUT << 3),
    constrained(leafOutput(rightGradient, rightHessian, leafRows - foundCount)),
  )
}

/** Rows of a bin, told from its Hessian as LightGBM does. */
// @ts-ignore: decorator
@inline
function rowsOf(hessian: f64): f64 {
  return Math.trunc(hessian * countFactor + 0.5)
}

/**
 * Thresholds from the highest bin down, missing values left. Without regularisation that needs outputs: gains of both
 * sides are one vector division.
 */
function scanDownPlain(histogram: usize, last: i32): void {
  const total = f64x2(sumGradient, sumHessian)
  const regularisation = f64x2.splat(l2)
  const rows = leafRows
  const factor = countFactor
  const data = minData
  const hessians = minHessian
  const shift = minGainShift
  let right = f64x2(0, EPSILON)
  let rightCount: f64 = 0
  let gain = -f64.MAX_VALUE
  let threshold = -1
  let best = f64x2.splat(0)
  let bestRows: f64 = 0
  let worthwhile = false
  for (let bin = last; bin >= 1; bin--) {
    const sums = v128.load(histogram + ((<usize>bin) << 4))
    right = f64x2.add(right, sums)
    rightCount += Math.trunc(f64x2.extract_lane(sums, 1) * factor + 0.5)
    if (rightCount < data || f64x2.extract_lane(right, 1) < hessians) continue
    const leftCount = rows - rightCount
    if (leftCount < data) break
    const left = f64x2.sub(total, right)
    if (f64x2.extract_lane(left, 1) < hessians) break
    const gradients = v128.shuffle<f64>(left, right, 0, 2)
    const gains = f64x2.div(
      f64x2.mul(gradients, gradients),
      f64x2.add(v128.shuffle<f64>(left, right, 1, 3), regularisation),
    )
    const sum = f64x2.extract_lane(gains, 0) + f64x2.extract_lane(gains, 1)
    if (!(sum > shift)) continue
    worthwhile = true
    if (sum > gain) {
      gain = sum
      threshold = bin - 1
      best = left
      bestRows = leftCount
    }
  }
  splittable = splittable || worthwhile
  bestGain = gain
  bestThreshold = threshold
  bestGradient = f64x2.extract_lane(best, 0)
  bestHessian = f64x2.extract_lane(best, 1)
  bestCount = bestRows
}

/** The same for every setting; `skip` is a bin left out, −1 for none. */
function scanDown(histogram: usize, last: i32, skip: i32): void {
  bestGain = -f64.MAX_VALUE
  let rightGradient: f64 = 0
  let rightHessian: f64 = EPSILON
  let rightCount: f64 = 0
  for (let bin = last; bin >= 1; bin--) {
    if (bin === skip) continue
    const at = histogram + ((<usize>bin) << 4)
    const hessian = load<f64>(at, 8)
    rightGradient += load<f64>(at)
    rightHessian += hessian
    rightCount += rowsOf(hessian)
    if (rightCount < minData || rightHessian < minHessian) continue
    const leftCount = leafRows - rightCount
    if (leftCount < minData) break
    const leftHessian = sumHessian - rightHessian
    if (leftHessian < minHessian) break
    const leftGradient = sumGradient - rightGradient
    const gain = splitGain(leftGradient, leftHessian, rightGradient, rightHessian, leftCount, rightCount)
    consider(gain, bin - 1, leftGradient, leftHessian, leftCount)
  }
}

/** Thresholds from the lowest bin up, missing values right. */
function scanUp(histogram: usize, bins: i32, offset: i32, skip: i32, withNan: bool): void {
  bestGain = -f64.MAX_VALUE
  let leftGradient: f64 = 0
  let leftHessian: f64 = EPSILON
  let leftCount: f64 = 0
  let bin = offset
  if (withNan && offset === 1) {
    // Bin 0 is not stored: it is what all others leave.
    leftGradient = sumGradient
    leftHessian = sumHessian - EPSILON
    leftCount = leafRows
    for (let other = 1; other < bins; other++) {
      const at = histogram + ((<usize>other) << 4)
      leftGradient -= load<f64>(at)
      leftHessian -= load<f64>(at, 8)
      leftCount -= rowsOf(load<f64>(at, 8))
    }
    bin = 0
  }
  for (; bin <= bins - 2; bin++) {
    if (bin === skip) continue
    if (bin >= offset) {
      const at = histogram + ((<usize>bin) << 4)
      const hessian = load<f64>(at, 8)
      leftGradient += load<f64>(at)
      leftHessian += hessian
      leftCount += rowsOf(hessian)
    }
    if (leftCount < minData || leftHessian < minHessian) continue
    const rightCount = leafRows - leftCount
    if (rightCount < minData) break
    const rightHessian = sumHessian - leftHessian
    if (rightHessian < minHessian) break
    const gain = splitGain(
      leftGradient,
      leftHessian,
      sumGradient - leftGradient,
      rightHessian,
      leftCount,
      rightCount,
    )
    consider(gain, bin, leftGradient, leftHessian, leftCount)
  }
}

// @ts-ignore: decorator
@inline
function consider(gain: f64, threshold: i32, leftGradient: f64, leftHessian: f64, leftCount: f64): void {
  if (!(gain > minGainShift)) return
  splittable = true
  if (!(gain > bestGain)) return
  if (minimum > maximum) return
  bestGain = gain
  bestThreshold = threshold
  bestGradient = leftGradient
  bestHessian = leftHessian
  bestCount = leftCount
}

function splitGain(
  leftGradient: f64,
  leftHessian: f64,
  rightGradient: f64,
  rightHessian: f64,
  leftCount: f64,
  rightCount: f64,
): f64 {
  if (!constrainedOutputs) {
    return leafGain(leftGradient, leftHessian, leftCount) + leafGain(rightGradient, rightHessian, rightCount)
  }
  const left = constrained(leafOutput(leftGradient, leftHessian, leftCount))
  const right = constrained(leafOutput(rightGradient, rightHessian, rightCount))
  if ((monotone > 0 && left > right) || (monotone < 0 && left < right)) return 0
  return gainOfOutput(leftGradient, leftHessian, left) + gainOfOutput(rightGradient, rightHessian, right)
}

// @ts-ignore: decorator
@inline
function shrunk(gradient: f64): f64 {
  if (l1 === 0) return gradient
  const rest = Math.max(0, Math.abs(gradient) - l1)
  return gradient > 0 ? rest : gradient < 0 ? -rest : 0
}

function leafOutput(gradient: f64, hessian: f64, rows: f64): f64 {
  let output = -shrunk(gradient) / (hessian + l2)
  if (maxDeltaStep > 0 && Math.abs(output) > maxDeltaStep) output = output > 0 ? maxDeltaStep : -maxDeltaStep
  if (pathSmooth <= EPSILON) return output
  const weight = rows / pathSmooth
  return (output * weight) / (weight + 1) + parentOutput / (weight + 1)
}

// @ts-ignore: decorator
@inline
function constrained(output: f64): f64 {
  return output < minimum ? minimum : output > maximum ? maximum : output
}

function leafGain(gradient: f64, hessian: f64, rows: f64): f64 {
  if (maxDeltaStep > 0 || pathSmooth > EPSILON) {
    return gainOfOutput(gradient, hessian, leafOutput(gradient, hessian, rows))
  }
  const rest = shrunk(gradient)
  return (rest * rest) / (hessian + l2)
}

// @ts-ignore: decorator
@inline
function gainOfOutput(gradient: f64, hessian: f64, output: f64): f64 {
  return -(2 * shrunk(gradient) * output + (hessian + l2) * output * output)
}
