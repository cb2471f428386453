import { PrefkitError } from '../../../prefkit-error'
import type { Located } from '../config/issue-text'
import type { RunConfig } from '../config/run-config'
import { fileProblems } from './file-problems'
import { policyProblems } from './policy-problems'
import { rewardProblems } from './reward-problems'
import { roomProblems } from './room-problems'
import { sectionProblems } from './section-problems'

const checks = [fileProblems, roomProblems, ...sectionProblems, policyProblems, rewardProblems]

/**
 * Looks for what a stage of a run would refuse when its turn comes, hours later: names of losses, estimators, rewards, judges and
 * backends, and options that these refuse; files and models that are not there. No model is loaded, no module of anybody is run, and
 * nothing is written.
 * @param located tells where a value stands, for messages.
 * @throws PrefkitError `INVALID_CONFIG` with all that is wrong, a line for each.
 */
export async function preflight(config: RunConfig, located: Located): Promise<void> {
  const problems = (await Promise.all(checks.map((check) => check(config)))).flat()
  if (problems.length === 0) return
  const lines = problems.map(({ path, problem }) => located.say(path, problem))
  throw new PrefkitError('INVALID_CONFIG', [...new Set(lines)].join('\n'))
}
