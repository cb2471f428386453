import {
  cispoLoss,
  clipCovLoss,
  dppoLoss,
  droLoss,
  gmpoLoss,
  gpgLoss,
  grpoLoss,
  gspoLoss,
  klCovLoss,
  ppoLoss,
  reinforceLoss,
  rlooLoss,
  sapoLoss,
  type TokenLoss,
  toprLoss,
  vespoLoss,
} from '@prefkit/losses'
import { PrefkitError } from '../../prefkit-error'
import type { PolicyLoss, PolicyLossInputs } from '../updates/policy-update-loss'
import { chosen, type NamedChoice } from './named-choice'

type Options = Readonly<Record<string, unknown>>

/** A loss of `@prefkit/losses`, which checks its options itself whatever they are. */
type LossOf = (inputs: Drawn, options: never) => TokenLoss

type Drawn = PolicyLossInputs & Required<Pick<PolicyLossInputs, 'draws'>>

type Choice = (options: Options) => PolicyLoss

const withOptions =
  (loss: LossOf, settings: Omit<PolicyLoss, 'loss'> = {}): Choice =>
  (options) => ({
    // A loss that draws is given draws; unknown options and values are refused by the loss.
    loss: (inputs) => loss(inputs as Drawn, options as never),
    ...settings,
  })

/** Of sequences where each has one ratio. */
const ofGrpo: Choice = (options) => {
  if ('klWeight' in options || 'klImportance' in options) {
    const problem = 'expected no klWeight, as the algorithm has its own option klWeight'
    throw new PrefkitError('INVALID_CONFIG', `loss: grpoLoss: ${problem}`)
  }
  const metricsOver = options.importance === 'sequence-mean' ? 'sequence' : 'token'
  return withOptions(grpoLoss, { metricsOver })(options)
}

/** Losses of policies by the names of their functions: what makes one of options. */
export const policyLosses = {
  cispoLoss: withOptions(cispoLoss),
  clipCovLoss: withOptions(clipCovLoss, { comparesBatch: true, draws: true }),
  dppoLoss: withOptions(dppoLoss),
  droLoss: withOptions(droLoss),
  gmpoLoss: withOptions(gmpoLoss),
  gpgLoss: withOptions(gpgLoss),
  grpoLoss: ofGrpo,
  gspoLoss: withOptions(gspoLoss, { metricsOver: 'sequence' }),
  klCovLoss: withOptions(klCovLoss, { comparesBatch: true }),
  ppoLoss: withOptions(ppoLoss),
  reinforceLoss: withOptions(reinforceLoss),
  rlooLoss: withOptions(rlooLoss, { metricsOver: 'sequence' }),
  sapoLoss: withOptions(sapoLoss),
  toprLoss: withOptions(toprLoss),
  vespoLoss: withOptions(vespoLoss, { metricsOver: 'sequence' }),
} as const satisfies Record<string, Choice>

/** The name of a loss of policies. */
export type PolicyLossName = keyof typeof policyLosses

/** What every loss takes: one token, so that its options are checked before anything is trained. */
const oneToken = { logprobs: [[-1]], oldLogprobs: [[-1]], advantages: [[1]], mask: [[1]] }

/**
 * The loss of a policy by the name of its function in `@prefkit/losses`.
 * @throws PrefkitError `INVALID_CONFIG` for an unknown name, with the nearest one; LossError `INVALID_OPTION` for its options.
 */
export function policyLossOf({ name, options = {} }: NamedChoice): PolicyLoss {
  const loss = chosen<Choice>('loss', name, policyLosses)(options)
  loss.loss({ ...oneToken, ...(loss.draws && { draws: [[0.5]] }) })
  return loss
}
