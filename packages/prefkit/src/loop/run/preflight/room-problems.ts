import { contextLength } from '@prefkit/lm'
import { loadCheckpoint } from '@prefkit/lm/files'
import { requireModel } from '../../../lm/require-model'
import type { RunConfig } from '../config/run-config'
import { requireRoom } from '../data/require-room'
import { type Check, type Problem, problemOf } from './problem'

/** How long the answers of a model may be, and where that is said. */
interface Answers {
  readonly section: 'sampling' | 'judge'
  readonly maxNewTokens: number
  readonly model: string
  /** The setting that names the model. */
  readonly named: readonly string[]
}

function answersOf({ model, prompts, sampling, judge }: RunConfig): Answers[] {
  const own = { model: model.path, named: ['model', 'path'] }
  const judging = judge?.model === undefined ? own : { model: judge.model, named: ['judge', 'model'] }
  const { maxNewTokens } = sampling
  return [
    // Without prompts no response is drawn.
    ...(prompts ? [{ section: 'sampling', maxNewTokens, ...own } as const] : []),
    ...(judge ? [{ section: 'judge', maxNewTokens: judge.maxNewTokens, ...judging } as const] : []),
  ]
}

/** Reads what a model is, and no weight. */
async function contextOf(path: string): Promise<number> {
  const checkpoint = await loadCheckpoint(path, { tokenizer: false })
  await checkpoint.close()
  return contextLength(checkpoint.config)
}

/** What is not there is told of where paths are looked at. */
const isThere = (path: string): Promise<boolean> =>
  requireModel(path).then(
    () => true,
    () => false,
  )

async function problemsOf({ section, maxNewTokens, model, named }: Answers): Promise<readonly Problem[]> {
  if (!(await isThere(model))) return []
  let context = Number.POSITIVE_INFINITY
  const unread = await problemOf(named, async () => {
    context = await contextOf(model)
  })
  const place = [section, 'maxNewTokens']
  const tooLarge = await problemOf(place, () => requireRoom(place.join('.'), maxNewTokens, context))
  return [...unread, ...tooLarge]
}

/** Answers that may be longer than what their model can read. */
export const roomProblems: Check<RunConfig> = async (config) =>
  (await Promise.all(answersOf(config).map(problemsOf))).flat()
