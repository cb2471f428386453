import { expect, it } from 'vitest'
import { judgedResponses, mismatched } from './preferences-batch'

const said = (text: string) => ({ text, tokens: [1] })
const pairOf = (id: string) => ({
  prompt: { id, text: '', tokens: [0] },
  ...{ chosen: said(`${id}+`), rejected: said(`${id}-`) },
})

it('measures divergence on responses to other prompts, though those to one stand beside each other', () => {
  const items = judgedResponses(['a', 'b', 'c'].map(pairOf))
  const places = mismatched(items).map(({ prompt, response }) => `${prompt.id} ${response.text}`)
  expect(places).toEqual(['a b+', 'a b+', 'b c+', 'b c+', 'c a+', 'c a+'])
  // As long as the responses to one prompt are, in a circle.
  const long = judgedResponses(['a', 'a', 'b', 'a'].map(pairOf))
  expect(mismatched(long).map(({ response }) => response.text)).toEqual([
    ...['b+', 'b+', 'b+', 'b+', 'a+', 'a+', 'b+', 'b+'],
  ])
  // Of one prompt alone, the next response.
  expect(mismatched(judgedResponses([pairOf('a')])).map(({ response }) => response.text)).toEqual([
    'a-',
    'a+',
  ])
})

it('looks at each response a few times, however many there are', () => {
  let looks = 0
  const items = new Proxy(judgedResponses(Array.from({ length: 100 }, (_, i) => pairOf(`${i % 2}`))), {
    get: (target, key, receiver) => {
      looks++
      return Reflect.get(target, key, receiver)
    },
  })
  expect(mismatched(items)).toHaveLength(200)
  expect(looks).toBeLessThan(10 * 200)
})
