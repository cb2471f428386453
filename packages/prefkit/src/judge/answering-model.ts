import {
  type ChatModel,
  cachedLogprobs,
  cachedModel,
  JudgeError,
  type LogprobProvider,
  localChatModel,
  localLogprobs,
  openaiChatModel,
  probeLogprobs,
} from '@prefkit/judges'
import type { JudgeConfig } from './judge-config'
import type { JudgeSurroundings } from './judge-surroundings'
import { serverOptionsOf } from './server-options'

/** What answers a judge's questions: written, and by the probabilities of the next token. */
export interface AnsweringModel {
  readonly chat: ChatModel
  /**
   * Probabilities of tokens; nothing where written answers are better than what there is.
   * @param isWanted that they are to be read whatever they are like.
   */
  readonly logprobs: (isWanted: boolean) => Promise<LogprobProvider | undefined>
}

/** Opens the model of a name such as `openai:<model>`, given what follows its colon. */
export type OpenAnsweringModel = (
  argument: string,
  config: JudgeConfig,
  around: JudgeSurroundings,
) => Promise<AnsweringModel>

const withCache = (
  { chat, logprobs }: AnsweringModel,
  { cache, keptUsage }: Pick<JudgeSurroundings, 'cache' | 'keptUsage'>,
): AnsweringModel => {
  if (!cache) return { chat, logprobs }
  const options = keptUsage ? { usage: keptUsage } : {}
  return {
    chat: cachedModel(chat, cache, options),
    logprobs: async (isWanted) => {
      const provider = await logprobs(isWanted)
      return provider && cachedLogprobs(provider, cache, options)
    },
  }
}

/**
 * Probabilities of tokens, where the server tells them; sampled votes only where they are wanted: written answers are better
 * than those.
 */
async function probe(
  model: string,
  { server }: JudgeConfig,
  around: JudgeSurroundings,
  isWanted: boolean,
): Promise<LogprobProvider | undefined> {
  const { onNotice, signal } = around
  const options = { ...serverOptionsOf(server, model, around), allowSampled: isWanted }
  try {
    const { provider, capabilities } = await probeLogprobs(options, { ...(signal && { signal }) })
    onNotice(`${model}: ${capabilities.provenance} probabilities by ${capabilities.method}`)
    return provider
  } catch (error) {
    if (isWanted || !JudgeError.isInstance(error) || error.code !== 'NO_LOGPROBS') throw error
    onNotice(`${model}: the server tells no probabilities of tokens, so it is asked for written answers`)
    return undefined
  }
}

/** A model on a server that speaks OpenAI's protocol. */
const serverModel: OpenAnsweringModel = async (model, config, around) =>
  withCache(
    {
      chat: openaiChatModel(serverOptionsOf(config.server, model, around)),
      logprobs: (isWanted) => probe(model, config, around, isWanted),
    },
    around,
  )

/** A checkpoint that runs in this process; released once the judges have no more to do. */
const checkpointModel: OpenAnsweringModel = async (path, _, around) => {
  const { openJudgeModel } = await import('../lm/local-judge-model')
  const model = await openJudgeModel(path)
  around.onClose(() => model.release())
  return withCache({ chat: localChatModel(model), logprobs: async () => localLogprobs(model) }, around)
}

/** Models that can be asked anything, by what stands before the colon of a judge’s name. */
export const answeringModels = { openai: serverModel, local: checkpointModel }

/** What judges’ names of {@link answeringModels} look like, for messages. */
export const answeringNames = 'openai:<model> or local:<path>'

/** The model of a judge’s name, and what follows its colon; nothing for judges that are no language models. */
export function answeringModelOf(name: string): { open: OpenAnsweringModel; argument: string } | undefined {
  const [, kind, argument] = /^(openai|local):(.+)$/s.exec(name) ?? []
  if (kind === undefined || argument === undefined) return undefined
  // One of the two names of the pattern.
  return { open: answeringModels[kind as keyof typeof answeringModels], argument }
}
