export { loadRewardModel, saveRewardModel } from './reward-model-files'
export { loadTrainingState, saveTrainingState, type TrainingIdentity } from './training-state-files'
