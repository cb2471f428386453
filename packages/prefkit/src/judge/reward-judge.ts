import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { rewardModelJudge, type ScoringJudge } from '@prefkit/judges'
import { createScorer, featurize, questionOf } from '@prefkit/reward-models'
import { embedForModel } from '../reward/embed-with-cache'
import { requireFeatures } from '../reward/evaluate-reward'
import { openModel } from '../reward/open-model'
import { fingerprintFiles } from '../runs/fingerprint-files'
import type { JudgeSurroundings } from './judge-surroundings'

/** Names of the files of a saved model: its description, and weights or trees. */
const modelFile = /^(model\.(json|safetensors)|trees-\d+\.txt)$/

/** SHA-256 of the files of a model, which tells it from another that was trained into the same folder. */
async function digestOf(directory: string): Promise<string> {
  const inRun = join(directory, 'model')
  const isRun = await stat(join(inRun, 'model.json')).then(
    () => true,
    () => false,
  )
  const folder = isRun ? inRun : directory
  const names = (await readdir(folder)).filter((name) => modelFile.test(name)).toSorted()
  const files = names.map((name) => join(folder, name))
  const digests = await fingerprintFiles(files)
  return createHash('sha256')
    .update(files.map((file) => digests[file]).join('\n'))
    .digest('hex')
}

/** The last two folders of its path: enough to tell models apart, and the same from wherever the run is gone on with. */
const nameOf = (directory: string): string => resolve(directory).split(sep).slice(-2).join('/')

/**
 * A judge of a trained reward model, told from others by the content of its files.
 * @param directory of the model, or of the run that trained it.
 * @throws RewardModelError for a model that cannot be read; PrefkitError `INVALID_CONFIG`, `RUN_UNFINISHED`.
 */
export async function rewardJudge(
  directory: string,
  { embeddings, onClose }: Pick<JudgeSurroundings, 'embeddings' | 'onClose'>,
): Promise<ScoringJudge> {
  const model = await openModel(directory)
  const { parts } = requireFeatures(model)
  const embedder = await embedForModel(model, embeddings)
  const scorer = createScorer(model)
  onClose(() => scorer.release())
  return rewardModelJudge(
    async (prompt, responses, { signal } = {}) => {
      const question = questionOf({ prompt })
      const items = responses.map((response) => ({ prompt: question, response }))
      return scorer.score(await featurize(items, { embedder, parts }, { ...(signal && { signal }) }))
    },
    { name: nameOf(directory), identity: { files: await digestOf(directory), embedder: embedder.id } },
  )
}
