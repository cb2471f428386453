import type { TaskFamily } from './task-family'

export const chat: TaskFamily = {
  task: 'open conversation',
  primary: {
    name: 'Helpfulness',
    description:
      'How well the response serves what this person needs. Weigh, in this order: it answers what was ' +
      'asked; what it says is true; it has what the person needs and no more; it is easy to use. ' +
      'Neither length nor formatting nor warmth makes up for a wrong or missing answer.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'does not answer, or would mislead a person who trusts it' },
        { score: 4, meaning: 'answers in part, or has a mistake that matters; the person has to ask again' },
        { score: 7, meaning: 'answers correctly, with gaps or padding that cost the person some effort' },
        { score: 10, meaning: 'correct, complete and to the point; the person can act on it as it stands' },
      ],
    },
  },
}
