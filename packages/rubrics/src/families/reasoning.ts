import type { TaskFamily } from './task-family'

export const reasoning: TaskFamily = {
  task: 'reasoning',
  primary: {
    name: 'Soundness',
    description:
      'Whether the conclusion is right and follows from what is given. Work out your own conclusion ' +
      'first, then look for the first step that does not follow. Confidence, length and technical words ' +
      'are no evidence.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'wrong conclusion from premises that were not given, or from none' },
        {
          score: 4,
          meaning: 'a relevant line of thought with a step that does not follow, and a wrong conclusion',
        },
        {
          score: 7,
          meaning: 'right conclusion; a premise is left unsaid, or another possibility is not ruled out',
        },
        {
          score: 10,
          meaning: 'right conclusion from stated premises, with the other possibilities ruled out',
        },
      ],
    },
  },
}
