import { join } from 'node:path'
import type { Comparison } from '@prefkit/datasets'
import {
  checkPairData,
  describeFeatures,
  fitRewardModel,
  pairsFromComparisons,
  type RewardModel,
  resolveOptions,
} from '@prefkit/reward-models'
import { saveRewardModel } from '@prefkit/reward-models/files'
import { embedWithCache } from '../../../../reward/embed-with-cache'
import { embedderOfName } from '../../../../reward/embedder-names'
import { embeddingsFolder } from '../../../../reward/embeddings-folder'
import { watchEmbedding } from '../../../../reward/progress'
import type { AlgorithmState } from '../../../algorithms/algorithm'
import type { PreferencePair } from '../../../prompts/preference-pair'
import type { PointwiseScorer } from '../../../rewards/scorers'
import { embeddingScorer } from '../../../scorers/embedding-scorer'
import type { StageStep } from '../../driver/stage'
import { embeddingOptions } from '../../models/embedding-options'
import { writeNote } from '../../models/reward-model-note'
import type { OpenRewardTraining } from './opening'

const comparisonOf = ({ prompt, chosen, rejected, preference }: PreferencePair, i: number): Comparison => ({
  ...{ id: `${i + 1}`, prompt: prompt.text, chosen: chosen.text, rejected: rejected.text },
  ...(preference !== undefined && { preference }),
})

/** Share of the pairs whose chosen response has the higher score; undefined without pairs. */
async function accuracyOn(
  pairs: readonly PreferencePair[],
  { scores }: PointwiseScorer,
): Promise<number | undefined> {
  if (pairs.length === 0) return undefined
  const responses = pairs.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map((response) => ({ prompt, response })),
  )
  const told = await scores(responses)
  return pairs.filter((_, i) => told[2 * i]! > told[2 * i + 1]!).length / pairs.length
}

/** Prompt and response, each embedded. */
const parts = ['prompt', 'response'] as const

/** A network, or boosted trees, over embeddings, Bradley–Terry or classification (2411.04991). */
export const openEmbeddings: OpenRewardTraining<'embeddings'> = async (
  config,
  settings,
  context,
  { train, heldOut },
) => {
  const spec = embedderOfName(settings.embedder)
  const embedder = await embedWithCache(spec, embeddingsFolder)
  const pairs = await pairsFromComparisons(
    train.map(comparisonOf),
    { embedder, parts: [...parts], softLabels: true },
    watchEmbedding(context),
  )
  checkPairData(pairs)
  const options = resolveOptions(embeddingOptions(settings, config.seed))
  let trained: RewardModel | undefined

  /** Takes seconds: what goes on begins anew, and tells what was not told yet. */
  async function* steps(resume?: AlgorithmState): AsyncGenerator<StageStep, void, void> {
    const { epochs, members } = options
    const training = fitRewardModel(pairs, options, { backend: config.backend })
    const totalSteps = epochs * members
    let done = 0
    for (;;) {
      const next = await training.next()
      if (next.done) {
        trained = next.value
        return
      }
      // An epoch is a step here.
      if (!next.value.state) continue
      const step = ++done
      if (step <= (resume?.step ?? 0)) continue
      const { step: _, ...metrics } = next.value.record
      yield { step, totalSteps, metrics, seconds: {}, state: async () => ({ step, trainings: {} }) }
    }
  }
  return {
    steps,
    async finish() {
      const features = describeFeatures(spec, embedder, [...parts])
      const model = { ...trained!, features }
      await saveRewardModel(join(context.path, 'model'), model)
      await writeNote(context.path, { kind: 'embeddings' })
      const scorer = embeddingScorer(model, embedder, { backend: config.backend })
      const accuracy = await accuracyOn(heldOut, scorer).finally(() => scorer.release())
      return {
        kind: 'embeddings',
        pairs: train.length,
        ...(accuracy !== undefined && { eval_accuracy: accuracy }),
      }
    },
    release: async () => {},
  }
}
