import type { OpenedStage, StageSummary } from '../driver/stage'

/** A stage that finds that there is nothing for it to do. */
export const nothingToDo = (summary: StageSummary): OpenedStage => ({
  async *steps() {},
  finish: async () => summary,
  release: async () => {},
})
