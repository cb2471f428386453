/** One step of training; the last of an epoch also has the validation figures. Names are TRL's. */
export interface TrainingRecord {
  /** Steps taken by this member, from 1; of trees, rounds of boosting. */
  readonly step: number
  /** Passes over the data, as a fraction while one is going on; a round of boosting is one. */
  readonly epoch: number
  /** Which member of the ensemble is learning, from 0. */
  readonly member: number
  /** Mean loss over the batch, before the step; of trees, over all training pairs, after the round. */
  readonly loss: number
  /** Share of the batch's pairs with the preferred response strictly ahead; pairs with an even preference count half. */
  readonly accuracy: number
  /** Mean over the batch of how far the preferred response is ahead, in units of reward. */
  readonly margin: number
  readonly eval_loss?: number
  readonly eval_accuracy?: number
}
