import { PrefkitError } from '../../../prefkit-error'
import type { Located } from '../config/issue-text'
import type { RunConfig } from '../config/run-config'
import { fileProblems } from './file-problems'
import { policyProblems } from './policy-problems'
import { promptFieldProblems } from './prompt-field-problems'
import { rewardProblems } from './reward-problems'
import { roomProblems } from './room-problems'
import { sectionProblems } from './section-problems'
import { rolloutServerProblems } from './server-problems'

const checks = [
  ...[fileProblems, roomProblems, ...sectionProblems, policyProblems],
  ...[rolloutServerProblems, rewardProblems, promptFieldProblems],
]

/**
 * Looks for what a stage of a run would refuse when its turn comes, hours later: names of losses, estimators, rewards, judges and
 * backends, and options that these refuse; files, models and columns of prompts that are not there; addresses and keys of servers. No
 * model is loaded, no server is asked, and nothing is written; modules of rewards are loaded, and not asked for a score.
 * @param located tells where a value stands, for messages.
 * @throws PrefkitError `INVALID_CONFIG` with all that is wrong, a line for each.
 */
export async function preflight(config: RunConfig, located: Located): Promise<void> {
  const problems = (await Promise.all(checks.map((check) => check(config)))).flat()
  if (problems.length === 0) return
  const lines = problems.map(({ path, problem }) => located.say(path, problem))
  throw new PrefkitError('INVALID_CONFIG', [...new Set(lines)].join('\n'))
}
