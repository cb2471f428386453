import type { PolicyBackend } from '@prefkit/lm'
import type { PairwiseScorer } from '../rewards/scorers'
import { inChunks } from './in-chunks'
import { answerLogit, judgeDatum } from './judge-datum'
import type { JudgeTemplate } from './judge-template'

/**
 * A generative judge as it answers with the weights that it has when it is asked: p(yes | q, first, second) among yes
 * and no.
 * @throws LmError for questions that are longer than the context.
 */
export const pairwiseModelScorer = (
  model: Pick<PolicyBackend, 'forward'>,
  template: JudgeTemplate,
): PairwiseScorer => ({
  firstWins: (pairs, { signal } = {}) =>
    inChunks(
      pairs,
      async (chunk) => {
        const said = await model.forward(chunk.map((pair) => judgeDatum(template, pair)))
        return said.map(({ candidateLogProbs }) => {
          // There, as every datum has candidates.
          const logit = answerLogit(template, candidateLogProbs!).item()
          return 1 / (1 + Math.exp(-logit))
        })
      },
      signal,
    ),
})
