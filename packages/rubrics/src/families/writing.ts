import type { TaskFamily } from './task-family'

export const writing: TaskFamily = {
  task: 'creative and professional writing',
  primary: {
    name: 'Craft',
    description:
      'How well the piece does what it was asked to do, as writing: form, voice and purpose agree, ' +
      'details are specific, and sentences earn their place. Stock phrases, ornaments and a moral at ' +
      'the end are signs of habit, not of polish. Judge the piece that was asked for, not the one you ' +
      'would have asked for.',
    scale: {
      min: 1,
      max: 10,
      anchors: [
        { score: 1, meaning: 'not the piece that was asked for, or unreadable' },
        { score: 4, meaning: 'the right kind of piece, made of generalities that would fit any prompt' },
        {
          score: 7,
          meaning: 'fits form and purpose, with some specific detail; parts are flat or run on habit',
        },
        {
          score: 10,
          meaning:
            'fits form and purpose with a voice of its own; nothing could be cut or exchanged without loss',
        },
      ],
    },
  },
}
