import type { TaskFamily } from './task-family'

export const toolUse: TaskFamily = {
  task: 'acting with tools',
  primary: {
    name: 'Task success',
    description:
      'Whether the calls get done what was asked: the right tools, with the right arguments, in an ' +
      'order that works, their results read correctly. Nothing is done that was not asked for and ' +
      'cannot be undone. A report of success that no result supports is a failure.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'the task is not done, or something was done that should not have been' },
        { score: 4, meaning: 'part of the task is done; a wrong call or a misread result is left standing' },
        { score: 7, meaning: 'the task is done, with detours, or with a report that leaves something out' },
        { score: 10, meaning: 'the task is done with the calls it takes, and reported as it went' },
      ],
    },
  },
}
