import { nashMd } from '../../../algorithms/nash-md'
import { xpo } from '../../../algorithms/xpo'
import { againstEachOther } from '../../../rewards/against-each-other'
import { comparesResponses } from '../rewards/compares-responses'
import {
  type DrawingSettings,
  drawingOptions,
  type MakeAlgorithm,
  type Making,
  type PolicySettings,
} from './making'

type Of<Name extends string> = Extract<PolicySettings, { algorithm: Name }>

/** Rewards that compare with anchors compare with the other response, which is there for that. */
const opposing = <Settings extends DrawingSettings>(making: Making<Settings>): Making<Settings> => ({
  ...making,
  rewards: making.rewards.map((reward, i) =>
    comparesResponses(making.settings.rewards[i]!) ? againstEachOther(reward) : reward,
  ),
})

/** Draws a response of the policy and one of its reference, and learns from the two as a pair. */
export const makeXpo: MakeAlgorithm<Of<'xpo'>> = async (making) => {
  const { beta, alpha, lossType } = making.settings
  const loss = { beta, alpha, lossType }
  return (resume) => xpo({ ...drawingOptions(opposing(making), resume), loss })
}

/** Draws a response of the policy and one of its mixture with the reference, and learns to beat it. */
export const makeNashMd: MakeAlgorithm<Of<'nash-md'>> = async (making) => {
  const { mixture, beta, convention, rewards } = making.settings
  const rewardsAre = rewards.some(comparesResponses) ? 'probabilities' : 'scores'
  const loss = { beta, convention }
  return (resume) => nashMd({ ...drawingOptions(opposing(making), resume), mixture, rewardsAre, loss })
}
