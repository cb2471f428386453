import { expect, test } from 'vitest'
import { buildCheck, verdictOf } from './check-instruction'
import { loadGoldens, prompts } from './goldens/load-goldens'
import { ifeval } from './ifeval'
import { instructions } from './instructions/table'
import { splitSentences } from './punkt/split-sentences'
import { countWords } from './text/python-text'
import { tokenizeWords } from './text/tokenize-words'

const goldens = loadGoldens()
const rows = ifeval.rows(prompts())

/**
 * langdetect's answers; a text that it was not asked about means that a check went another way than the
 * original's.
 */
function detectLanguage(text: string): string | undefined {
  if (!Object.hasOwn(goldens.languages, text)) throw new Error(`langdetect was not asked about ${text}`)
  return goldens.languages[text] ?? undefined
}

test('the golden was made by these versions', () => {
  expect(goldens.madeWith).toMatchObject({ 'lm-eval': '0.4.13', nltk: '3.9.1', langdetect: '1.0.9' })
})

test.each(Object.keys(instructions))('%s is judged as by the original, strictly and loosely', (id) => {
  const pairs = goldens.pairs.filter((pair) => pair.id === id)
  const verdicts = pairs.map(({ kwargs, response }) => {
    const { strict, loose } = verdictOf(buildCheck({ id: 'id', kwargs: 'kwargs' }, id, kwargs), response, {
      detectLanguage,
    })
    return `${Number(strict)}${Number(loose)}`
  })
  expect(verdicts).toEqual(pairs.map((pair) => pair.verdicts))
  expect(pairs).toHaveLength(60)
  expect(new Set(verdicts).size).toBeGreaterThan(1)
})

test('sentences, words and tokens are counted as by NLTK', () => {
  const of = (name: string) => goldens.pairs.filter(({ id }) => id.endsWith(name))
  for (const { response, count } of of('number_sentences'))
    expect(splitSentences(response).length).toBe(count)
  for (const { response, count } of of('number_words')) expect(countWords(response)).toBe(count)
  for (const { response, tokens } of of('capital_word_frequency'))
    expect(tokenizeWords(response)).toEqual(tokens)
})

test('the 541 prompts as responses to themselves are judged as by the original', () => {
  // Of these two the original draws the letter at random.
  const judged = rows.filter(({ key }) => key !== '1122' && key !== '1129')
  const plan = ifeval.tasks.responses.plan(judged, { detectLanguage, resamples: 1 })
  const { verdicts, counts, promptLevel, instructionLevel } = plan.score(judged.map(({ prompt }) => prompt))
  const written = (level: 'strict' | 'loose') =>
    verdicts.map((of) => of.map((verdict) => Number(verdict[level])).join(''))
  expect(written('strict')).toEqual(goldens.prompts.map(([strict]) => strict))
  expect(written('loose')).toEqual(goldens.prompts.map(([, loose]) => loose))
  expect(counts.rows).toBe(539)
  const share = (at: 0 | 1, whole: boolean) => {
    const texts = goldens.prompts.map((both) => both[at])
    if (whole) return texts.filter((text) => !text.includes('0')).length / texts.length
    return texts.join('').replaceAll('0', '').length / texts.join('').length
  }
  expect(promptLevel.strict.value).toBe(share(0, true))
  expect(promptLevel.loose.value).toBe(share(1, true))
  expect(instructionLevel.strict.value).toBe(share(0, false))
  expect(instructionLevel.loose.value).toBe(share(1, false))
})
