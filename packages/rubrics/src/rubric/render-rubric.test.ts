import { expect, test } from 'vitest'
import { taskFamilies } from '../families/task-families'
import { renderRubric, renderRubrics } from './render-rubric'

test('a rubric is its name, its scale, its description, and its anchors from worst to best', () => {
  const anchors = [
    { score: 5, meaning: 'clear\nthroughout' },
    { score: 1, meaning: 'a riddle' },
  ]
  const rubric = {
    name: 'Clarity',
    description: 'Is it easy\nto follow?',
    scale: { min: 1, max: 5, anchors },
  }
  expect(renderRubric(rubric)).toBe(`Clarity (1 to 5): Is it easy
  to follow?
  1: a riddle
  5: clear
  throughout`)
  expect(anchors[0]!.score).toBe(5)
})

test('a primary rubric as judges read it', () => {
  expect(renderRubrics([taskFamilies.math.primary])).toMatchInlineSnapshot(`
    "- Correctness (1 to 10): Whether the final answer is right, and every step leads to it. Solve the problem yourself, or check the result by putting it in, before you read for style. A wrong final answer is worth at most 4; a right one reached by a wrong argument, at most 6.
      1: wrong answer by a wrong method
      4: a sound method, but a slip leads to a wrong answer
      7: right answer; a step that the argument needs is missing or not justified
      10: right answer, and each step follows from those before it"
  `)
})
