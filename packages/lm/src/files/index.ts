export { type Adapter, loadAdapter, type SaveAdapterOptions, saveAdapter } from './adapters'
export { type LoadCheckpointOptions, loadCheckpoint } from './load-checkpoint'
export { type HubClient, type LoadFromHubOptions, loadFromHub } from './load-from-hub'
export {
  type LoadedHeads,
  type LoadLanguageModelOptions,
  type LoadProgress,
  loadLanguageModel,
} from './load-language-model'
export { type SaveCheckpointOptions, type SavedCheckpoint, saveCheckpoint } from './save-checkpoint'
export { type SavePolicyOptions, savePolicy } from './save-policy'
export { loadTrainingState, saveTrainingState } from './training-states'
