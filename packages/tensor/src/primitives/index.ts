import type { Primitive } from '../core/primitive'
import { absPrimitive } from './abs'
import { addPrimitive } from './add'
import { argMaxPrimitive } from './arg-max'
import { argSortPrimitive } from './arg-sort'
import { broadcastToPrimitive } from './broadcast-to'
import { castPrimitive } from './cast'
import { concatPrimitive } from './concat'
import { cosPrimitive } from './cos'
import { cumsumPrimitive } from './cumsum'
import { dimSizePrimitive } from './dim-size'
import { divPrimitive } from './div'
import { equalPrimitive } from './equal'
import { erfPrimitive } from './erf'
import { expPrimitive } from './exp'
import { flipPrimitive } from './flip'
import { floorPrimitive } from './floor'
import { gatherPrimitive } from './gather'
import { gatherElementsPrimitive } from './gather-elements'
import { iotaPrimitive } from './iota'
import { lessPrimitive } from './less'
import { lessEqualPrimitive } from './less-equal'
import { logPrimitive } from './log'
import { log1pPrimitive } from './log1p'
import { matmulPrimitive } from './matmul'
import { maximumPrimitive } from './maximum'
import { minimumPrimitive } from './minimum'
import { mulPrimitive } from './mul'
import { negPrimitive } from './neg'
import { padPrimitive } from './pad'
import { powPrimitive } from './pow'
import { randomBitsPrimitive } from './random-bits'
import { reduceMaxPrimitive } from './reduce-max'
import { reduceSumPrimitive } from './reduce-sum'
import { reluPrimitive } from './relu'
import { reshapePrimitive } from './reshape'
import { scatterAddPrimitive } from './scatter-add'
import { scatterAddElementsPrimitive } from './scatter-add-elements'
import { sigmoidPrimitive } from './sigmoid'
import { signPrimitive } from './sign'
import { sinPrimitive } from './sin'
import { slicePrimitive } from './slice'
import { softplusPrimitive } from './softplus'
import { sqrtPrimitive } from './sqrt'
import { stopGradientPrimitive } from './stop-gradient'
import { subPrimitive } from './sub'
import { tanhPrimitive } from './tanh'
import { transposePrimitive } from './transpose'
import { wherePrimitive } from './where'

/** Every primitive there is: what a lowering must express, and what the conformance table must cover. */
export const primitives = [
  absPrimitive,
  addPrimitive,
  argMaxPrimitive,
  argSortPrimitive,
  broadcastToPrimitive,
  castPrimitive,
  concatPrimitive,
  cosPrimitive,
  cumsumPrimitive,
  dimSizePrimitive,
  divPrimitive,
  equalPrimitive,
  erfPrimitive,
  expPrimitive,
  flipPrimitive,
  floorPrimitive,
  gatherPrimitive,
  gatherElementsPrimitive,
  iotaPrimitive,
  lessPrimitive,
  lessEqualPrimitive,
  logPrimitive,
  log1pPrimitive,
  matmulPrimitive,
  maximumPrimitive,
  minimumPrimitive,
  mulPrimitive,
  negPrimitive,
  padPrimitive,
  powPrimitive,
  randomBitsPrimitive,
  reduceMaxPrimitive,
  reduceSumPrimitive,
  reluPrimitive,
  reshapePrimitive,
  scatterAddPrimitive,
  scatterAddElementsPrimitive,
  sigmoidPrimitive,
  signPrimitive,
  sinPrimitive,
  slicePrimitive,
  softplusPrimitive,
  sqrtPrimitive,
  stopGradientPrimitive,
  subPrimitive,
  tanhPrimitive,
  transposePrimitive,
  wherePrimitive,
] as unknown as readonly Primitive[]
