import { requireJudgeName } from '../../../judge/create-judge'
import { PrefkitError } from '../../../prefkit-error'
import type { JudgeNaming } from '../stages/rewards/reward-scope'
import { type Problem, problemOf } from './problem'
import { problemsOfServer } from './server-problems'

const isOnServer = (judge: string): boolean => judge.startsWith('openai:')

function requireOnServer({ judge, baseUrl }: JudgeNaming): void {
  if (baseUrl === undefined) return
  const problem = `is of judges on a server, openai:<model>: the judge is ${judge}, so leave it out or name such a one`
  throw new PrefkitError('INVALID_CONFIG', problem)
}

/**
 * What is wrong with a judge that a section names: its name, and how its server is reached.
 * @param place of the section.
 * @param asked what it is to say. Default: which of two is better.
 */
export async function problemsOfJudge(
  naming: JudgeNaming,
  place: readonly PropertyKey[],
  asked?: 'pairs' | 'scores',
): Promise<Problem[]> {
  const named = await problemOf([...place, 'judge'], () => requireJudgeName(naming.judge, asked))
  if (named.length > 0) return named
  return isOnServer(naming.judge)
    ? problemsOfServer(naming, place)
    : problemOf([...place, 'baseUrl'], () => requireOnServer(naming))
}
