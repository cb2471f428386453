import type { TaskFamily } from './task-family'

export const instructionFollowing: TaskFamily = {
  task: 'following instructions',
  primary: {
    name: 'Instruction coverage',
    description:
      'How many of the explicit demands of the prompt the response meets to the letter: content, ' +
      'format, length, language, order, and what to leave out. List the demands, then hold each against ' +
      'the text itself; where a number is given, count. What is good beyond the demands does not make ' +
      'up for one that is missed.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'passes over the instructions' },
        { score: 4, meaning: 'misses a central demand, or about half of all' },
        { score: 7, meaning: 'meets every central demand and misses a minor one' },
        { score: 10, meaning: 'meets every demand, without bending the task to do so' },
      ],
    },
  },
}
