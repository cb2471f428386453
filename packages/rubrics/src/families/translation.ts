import type { TaskFamily } from './task-family'

export const translation: TaskFamily = {
  task: 'translation',
  primary: {
    name: 'Adequacy',
    description:
      'Whether the translation says what the original says, as a native writer would say it. Look first ' +
      'for what was added, dropped or changed: negations, numbers, names, who does what to whom. Then ' +
      'for tone and idiom. Word-for-word is not faithful where it reads as foreign.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'another meaning, another language, or mostly not translated' },
        { score: 4, meaning: 'the gist survives; a meaning that matters is changed or lost' },
        { score: 7, meaning: 'the meaning is kept; wording or tone gives the translation away' },
        { score: 10, meaning: 'meaning, tone and idiom are kept; it reads as if written in that language' },
      ],
    },
  },
}
