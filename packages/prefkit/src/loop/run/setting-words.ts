/** What settings of a run are called, by the options of other commands that say the same; those of annotators and judges within their section. */
const settingOf: Readonly<Record<string, string>> = {
  tokenizer: 'model.tokenizer',
  'chat-template': 'model.chatTemplate',
  chat: 'model.chat',
  system: 'model.system',
  adapter: 'model.adapter',
  'lora-rank': 'model.lora.rank',
  'lora-alpha': 'model.lora.alpha',
  'lora-dropout': 'model.lora.dropout',
  'lora-targets': 'model.lora.targetModules',
  'micro-batch-tokens': 'model.microBatchTokens',
  'max-length': 'sft.maxLength',
  'max-new-tokens': 'sampling.maxNewTokens',
  embedder: 'rewardModel.embedder',
  judge: 'judge',
  'base-url': 'baseUrl',
  'api-key-env': 'apiKeyEnv',
  'annotator-model': 'annotator',
  quality: 'quality',
  parameters: 'parameters',
  beta: 'beta',
  ties: 'ties',
  'personal-bias': 'personalBias',
  'position-bias': 'positionBias',
  'length-bias': 'lengthBias',
  'self-preference': 'selfPreference',
  cycles: 'cycles',
  fatigue: 'fatigue',
  ability: 'ability',
  flip: 'flip',
  'worst-case': 'worstCase',
}

/** A message of what other commands use too, about the settings of a run: options of a command that it tells people to run stay. */
export const inSettings = (message: string): string =>
  message.replace(/(?<![^\s("'])--([a-z][a-z-]*)/g, (option, name: string) =>
    Object.hasOwn(settingOf, name) ? settingOf[name]! : option,
  )

/** Does something for a run: what is wrong is said of its settings. @throws what the work throws. */
export async function sayingSettings<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    // Of the same class, with the same code and cause: only its words are others.
    if (error instanceof Error) error.message = inSettings(error.message)
    throw error
  }
}
