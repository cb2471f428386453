import type { TaskFamily } from './task-family'

export const grounded: TaskFamily = {
  task: 'answering from documents',
  primary: {
    name: 'Groundedness',
    description:
      'Whether every claim rests on the documents given, and the passages that decide the question were ' +
      'used. Find the support of each claim, in the place cited where one is cited. Where the documents ' +
      'do not have the answer, saying so is the right answer; knowledge from elsewhere is a fault, even ' +
      'if true.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'contradicts the documents, or answers from elsewhere what they do not say' },
        {
          score: 4,
          meaning: 'mixes supported claims with unsupported ones, or overlooks a passage that decides',
        },
        {
          score: 7,
          meaning:
            'each main claim has its support; a detail has not, or a citation points to the wrong place',
        },
        {
          score: 10,
          meaning:
            'each claim has its support where it says, and nothing decisive in the documents is overlooked',
        },
      ],
    },
  },
}
