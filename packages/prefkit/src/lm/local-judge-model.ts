import type { LocalLanguageModel } from '@prefkit/judges'
import {
  generateText,
  LmError,
  type LoadedLanguageModel,
  nextTokenLogProbs,
  promptTokens,
  type Tokenizer,
} from '@prefkit/lm'
import type { PromptMessage } from '@prefkit/rubrics'
import type { BackendChoice } from '@prefkit/tensor'
import { requireEncoding } from './encode-prompt'
import { fingerprintModel, modelName } from './fingerprint-model'
import { openLanguageModel } from './open-language-model'
import { requireModel } from './require-model'

/** Does one thing after another: a model that runs twice at once is no faster, and takes twice the memory. */
function inTurn() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work)
    last = next
    return next
  }
}

/** Messages as templates take them, which may have further fields. */
const plain = (messages: readonly PromptMessage[]) => messages.map((message) => ({ ...message }))

/** Tokens that an answer may have where nobody says. */
const maxTokensOfJudges = 1024

/** After this, tokens begin anew in all families: what follows is neither joined to it nor given a space. */
const before = '\n'

/** The ids of a text in the middle of another. */
function innerTokens(tokenizer: Tokenizer, text: string): number[] {
  const encode = (each: string): number[] => tokenizer.encode(each, { addSpecialTokens: false })
  const start = encode(before)
  const all = encode(before + text)
  return start.every((id, i) => id === all[i]) ? all.slice(start.length) : encode(text)
}

/**
 * A loaded model as judges take it: `localChatModel` and `localLogprobs` of `@prefkit/judges` make a judge of it.
 * @param loaded with a tokeniser and a chat template.
 * @param name of the model in reports and cache keys: one name for one set of weights. Default: that of the model.
 * @throws LmError `INVALID_TOKENIZER`, `NO_CHAT_TEMPLATE`.
 */
export function localJudgeModel(loaded: LoadedLanguageModel, name: string = loaded.name): LocalLanguageModel {
  const { tokenizer } = requireEncoding(loaded)
  if (!loaded.chatTemplate) {
    const problem = 'judges write conversations, and its tokeniser has no chat template'
    throw new LmError('NO_CHAT_TEMPLATE', `${loaded.path}: ${problem}`)
  }
  const run = inTurn()
  return {
    name,
    generate: (messages, { temperature, topP, maxTokens = maxTokensOfJudges, seed, stop, signal }) =>
      run(async () => {
        const [answer] = await generateText(loaded, [plain(messages)], {
          maxNewTokens: maxTokens,
          ...(temperature !== undefined && { temperature }),
          ...(topP !== undefined && { topP }),
          ...(seed !== undefined && { seed }),
          ...(stop !== undefined && { stop }),
          ...(signal && { signal }),
        })
        const { text, finishReason, promptLength, tokens } = answer!
        return { text, finishReason, promptTokens: promptLength, completionTokens: tokens.length }
      }),
    nextTokenLogprobs: (messages, { signal }) =>
      run(async () => {
        const prompt = promptTokens(loaded, plain(messages))
        const [logprobs] = await nextTokenLogProbs(loaded, [prompt], { ...(signal && { signal }) })
        return logprobs!
      }),
    tokenize: (text) => innerTokens(tokenizer, text),
  }
}

/** A model of judges, to be released. */
export type OpenedJudgeModel = LocalLanguageModel & Pick<LoadedLanguageModel, 'release'>

/**
 * Loads a checkpoint to judge with; it is told from others by the content of its files.
 * @throws LmError for what is no model, or one without chat template; PrefkitError `DATA_MISSING`.
 */
export async function openJudgeModel(
  path: string,
  backend: BackendChoice = 'auto',
): Promise<OpenedJudgeModel> {
  await requireModel(path)
  const digest = await fingerprintModel(path)
  const loaded = await openLanguageModel({ model: path, backend })
  try {
    const model = localJudgeModel(loaded, `${modelName(path)}@${digest.slice(0, 12)}`)
    return { ...model, release: () => loaded.release() }
  } catch (error) {
    await loaded.release()
    throw error
  }
}
