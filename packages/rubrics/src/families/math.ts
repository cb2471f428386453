import type { TaskFamily } from './task-family'

export const math: TaskFamily = {
  task: 'mathematics',
  primary: {
    name: 'Correctness',
    description:
      'Whether the final answer is right, and every step leads to it. Solve the problem yourself, or ' +
      'check the result by putting it in, before you read for style. A wrong final answer is worth at ' +
      'most 4; a right one reached by a wrong argument, at most 6.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'wrong answer by a wrong method' },
        { score: 4, meaning: 'a sound method, but a slip leads to a wrong answer' },
        { score: 7, meaning: 'right answer; a step that the argument needs is missing or not justified' },
        { score: 10, meaning: 'right answer, and each step follows from those before it' },
      ],
    },
  },
}
