import { join } from 'node:path'
import { adaptiveLimit, diskCache } from '@prefkit/judges'
import { createPairJudge, createScoringJudge } from '../../../../judge/create-judge'
import type { JudgeConfig, PairAsking, ScoreAsking } from '../../../../judge/judge-config'
import { familyNames } from '../../../../judge/judge-names'
import type { JudgeSurroundings } from '../../../../judge/judge-surroundings'
import { PrefkitError } from '../../../../prefkit-error'
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

type Family = ScoreAsking['family']

function familyOf(given = 'chat'): Family {
  const family = familyNames.find((name) => name === given)
  if (family) return family
  const problem = `expected one of ${familyNames.join(', ')}, got ${JSON.stringify(given)}`
  throw new PrefkitError('INVALID_CONFIG', `rewards: rubric: family: ${problem}`)
}

const samplingOf = ({ votes }: JudgeNaming) => ({ votes, temperature: votes > 1 ? 1 : 0 })

const pairAsking = (naming: JudgeNaming): PairAsking => ({
  ...{ kind: 'pairs', method: 'auto', orders: 'both', inconsistent: 'mean' },
  ...samplingOf(naming),
})

function scoreAsking(naming: Parameters<RewardScope['scoringJudge']>[0]): ScoreAsking {
  const common = { kind: 'scores', ...samplingOf(naming) } as const
  if (naming.type !== 'rubric') return { ...common, format: 'rating', family: 'chat', primary: true }
  const { family, primary = true, rubrics, generate } = naming
  return { ...common, format: 'rubric', family: familyOf(family), primary, rubrics, generate }
}

/** The judges that rewards of a run name, asked as `prefkit judge` asks. */
export function judgeScope(options: JudgeScopeOptions): Pick<RewardScope, 'pairJudge' | 'scoringJudge'> {
  const { run, seed, onClose, onNotice = () => {}, signal } = options
  const around = ({ concurrency }: JudgeNaming): JudgeSurroundings => ({
    limit: adaptiveLimit(concurrency),
    embeddings: join('.prefkit', 'embeddings'),
    cache: diskCache(join(run, 'answers'), {
      onFault: ({ file, kind, reason }) => onNotice(`kept answer ${file} is ${kind}: ${reason}`),
    }),
    ...{ onNotice, onClose },
    ...(signal && { signal }),
  })
  const configOf = <Asking>(naming: JudgeNaming, asking: Asking): JudgeConfig<Asking> => {
    const { judge, baseUrl, apiKeyEnv, concurrency } = naming
    return {
      judges: [judge],
      server: { baseUrl, apiKeyEnv, timeout: 120, retries: 5, concurrency },
      asking,
      seed,
    }
  }
  return {
    pairJudge: (naming) => createPairJudge(configOf(naming, pairAsking(naming)), around(naming)),
    scoringJudge: (naming) => createScoringJudge(configOf(naming, scoreAsking(naming)), around(naming)),
  }
}
