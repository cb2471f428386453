import type { TaskFamily } from './task-family'

export const code: TaskFamily = {
  task: 'programming',
  primary: {
    name: 'Correctness',
    description:
      'Whether the code does what was asked, for every input that the request allows. Trace it by hand ' +
      'on an ordinary input, an edge case and a bad one before scoring. Style, comments and ' +
      'explanations count only between solutions that work equally well.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'does not run, or solves another problem' },
        { score: 4, meaning: 'has the right idea, but is wrong on ordinary inputs' },
        {
          score: 7,
          meaning:
            'right on ordinary inputs; fails an edge case that the request covers, or misses a stated constraint',
        },
        {
          score: 10,
          meaning:
            'right on every allowed input, within every stated constraint, and no more code than that takes',
        },
      ],
    },
  },
}
