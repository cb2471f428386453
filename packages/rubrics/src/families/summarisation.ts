import type { TaskFamily } from './task-family'

export const summarisation: TaskFamily = {
  task: 'summarisation',
  primary: {
    name: 'Faithful coverage',
    description:
      'Whether the summary has the main points of the source, in proportion, and nothing that the ' +
      'source does not say. Look up each claim in the source, then look in the source for what a reader ' +
      'would miss. A claim that the source does not support weighs more than an omission.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'contradicts the source, or is about something else' },
        { score: 4, meaning: 'has a claim that the source does not support, or misses the main point' },
        { score: 7, meaning: 'faithful; misses a secondary point, or spends words on trifles' },
        {
          score: 10,
          meaning: 'faithful and complete at its length; a reader could rely on it instead of the source',
        },
      ],
    },
  },
}
