import { adaptiveLimit, diskCache, pointwiseJudge } from '@prefkit/judges'
import { createPairJudge, createScoringJudge } from '../../../../judge/create-judge'
import type { JudgeConfig, PairAsking, ScoreAsking } from '../../../../judge/judge-config'
import type { JudgeSurroundings } from '../../../../judge/judge-surroundings'
import { embeddingsFolder } from '../../../../reward/embeddings-folder'
import { answersPath } from '../../driver/stage-results'
import { requireAnswering } from './require-answering'
import type { JudgeNaming, RewardScope } from './reward-scope'

/** How a run's judges are opened. */
export interface JudgeScopeOptions {
  /** Directory of the run: answers are kept there, so that a step that is made again after a kill has the same ones. */
  readonly run: string
  readonly seed: number
  /** Takes what is to be done at the end. */
  readonly onClose: (close: () => void | Promise<void>) => void
  readonly onNotice?: (notice: string) => void
  readonly signal?: AbortSignal | undefined
}

const samplingOf = ({ votes }: JudgeNaming) => ({ votes, temperature: votes > 1 ? 1 : 0 })

const pairAsking = (naming: JudgeNaming): PairAsking => ({
  ...{ kind: 'pairs', method: 'auto', orders: 'both', inconsistent: 'mean' },
  ...samplingOf(naming),
})

const ratingAsking = (naming: JudgeNaming): ScoreAsking => ({
  ...{ kind: 'scores', format: 'rating', family: 'chat', primary: true },
  ...samplingOf(naming),
})

/** The judges that rewards of a run name, asked as `prefkit judge` asks. */
export function judgeScope(
  options: JudgeScopeOptions,
): Pick<RewardScope, 'pairJudge' | 'scoringJudge' | 'askedJudge'> {
  const { run, seed, onClose, onNotice = () => {}, signal } = options
  const around = ({ concurrency }: JudgeNaming): JudgeSurroundings => ({
    limit: adaptiveLimit(concurrency),
    embeddings: embeddingsFolder,
    cache: diskCache(answersPath(run), {
      onFault: ({ file, kind, reason }) => onNotice(`kept answer ${file} is ${kind}: ${reason}`),
    }),
    // A step that is made again is told in the same numbers.
    keptUsage: 'first',
    ...{ onNotice, onClose },
    ...(signal && { signal }),
  })
  const configOf = <Asking>(naming: JudgeNaming, asking: Asking): JudgeConfig<Asking> => {
    const { judge, baseUrl, apiKeyEnv, concurrency, maxTokens, timeout, retries } = naming
    return {
      judges: [judge],
      server: { baseUrl, apiKeyEnv, timeout, retries, concurrency, maxTokens },
      asking,
      seed,
    }
  }
  return {
    pairJudge: (naming) => createPairJudge(configOf(naming, pairAsking(naming)), around(naming)),
    scoringJudge: (naming) => createScoringJudge(configOf(naming, ratingAsking(naming)), around(naming)),
    async askedJudge(naming, format) {
      const { open, argument } = requireAnswering(naming.judge)
      const { chat } = await open(argument, configOf(naming, ratingAsking(naming)), around(naming))
      const { maxTokens } = naming
      return pointwiseJudge(chat, format, {
        ...{ ...samplingOf(naming), seed },
        ...(maxTokens !== undefined && { maxTokens }),
      })
    },
  }
}
