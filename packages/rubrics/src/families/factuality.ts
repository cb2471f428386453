import type { TaskFamily } from './task-family'

export const factuality: TaskFamily = {
  task: 'questions of fact',
  primary: {
    name: 'Accuracy',
    description:
      'Whether what the response states as fact is true, and what is uncertain is said to be so. Check ' +
      'names, numbers, dates and causes one at a time. An invented detail weighs more than one left ' +
      'out; an honest "not known" beats a confident mistake.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'the answer is false, or rests on invented facts' },
        { score: 4, meaning: 'the answer is partly right; a false detail would be believed and passed on' },
        {
          score: 7,
          meaning:
            'the answer is right; a side remark is imprecise, or doubt is not mentioned where there is some',
        },
        {
          score: 10,
          meaning: 'the answer is right in every detail that can be checked, and as sure as the facts allow',
        },
      ],
    },
  },
}
