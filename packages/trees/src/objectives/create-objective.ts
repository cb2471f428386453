import type { ObjectiveName } from '../parameters/names'
import { type BinaryParameters, binary } from './binary'
import { type BradleyTerryParameters, bradleyTerry } from './bradley-terry'
import { refuseParameter } from './checks'
import { crossEntropy } from './cross-entropy'
import { crossEntropyLambda } from './cross-entropy-lambda'
import { type CustomObjective, customObjective } from './custom-objective'
import { type FairParameters, fair } from './fair'
import { gamma } from './gamma'
import { type HuberParameters, huber } from './huber'
import { type LambdarankParameters, lambdarank } from './lambdarank'
import { type MapeParameters, mape } from './mape'
import { type MulticlassParameters, multiclass } from './multiclass'
import { type MulticlassovaParameters, multiclassova } from './multiclassova'
import type { Objective, ObjectiveData } from './objective'
import { type PoissonParameters, poisson } from './poisson'
import { type QuantileParameters, quantile } from './quantile'
import { type RankXendcgParameters, rankXendcg } from './rank-xendcg'
import { type RegressionParameters, regression } from './regression'
import { type RegressionL1Parameters, regressionL1 } from './regression-l1'
import { type TweedieParameters, tweedie } from './tweedie'

/** Parameters that objectives read. */
export type ObjectiveParameters = { readonly objective: ObjectiveName } & BinaryParameters &
  BradleyTerryParameters &
  FairParameters &
  HuberParameters &
  LambdarankParameters &
  MapeParameters &
  MulticlassParameters &
  MulticlassovaParameters &
  PoissonParameters &
  QuantileParameters &
  RankXendcgParameters &
  RegressionParameters &
  RegressionL1Parameters &
  TweedieParameters

type Create = (parameters: ObjectiveParameters, data: ObjectiveData) => Objective

const objectives: Readonly<Record<Exclude<ObjectiveName, 'custom'>, Create>> = {
  regression,
  regression_l1: regressionL1,
  huber,
  fair,
  poisson,
  quantile,
  mape,
  gamma,
  tweedie,
  binary,
  multiclass,
  multiclassova,
  cross_entropy: crossEntropy,
  cross_entropy_lambda: crossEntropyLambda,
  lambdarank,
  rank_xendcg: rankXendcg,
  bradley_terry: bradleyTerry,
}

/**
 * The objective that checked parameters name, on these data; or `custom`, a function of the user's.
 *
 * @throws TreesError `INVALID_PARAMETER` for `custom` without a function or a function without it, and what the objective
 * itself throws.
 */
export function createObjective(
  parameters: ObjectiveParameters,
  data: ObjectiveData,
  custom?: CustomObjective,
): Objective {
  const { objective: name } = parameters
  if (custom !== undefined && name !== 'custom') {
    refuseParameter(`objective is '${name}' and a function was given, too; use objective 'custom' with it`)
  }
  if (name === 'custom') {
    if (custom === undefined) refuseParameter(`objective is 'custom'; give the function in the settings`)
    return customObjective(custom, parameters, data)
  }
  return objectives[name](parameters, data)
}
