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
  // Of one prompt alone, the next response.
  expect(mismatched(judgedResponses([pairOf('a')])).map(({ response }) => response.text)).toEqual([
    'a-',
    'a+',
  ])
})
