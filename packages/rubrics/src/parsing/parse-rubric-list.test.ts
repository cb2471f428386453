import { expect, it, test } from 'vitest'
import { parseRubricList } from '../index'
import { expectParse, type ParseRow } from './expect-parse'

const rows: readonly ParseRow<string>[] = [
  [
    '<rubrics>\n1. Tone: is it kind?\n2. Length: is it short?\n</rubrics>',
    'exact',
    'Tone=is it kind? Length=is it short?',
  ],
  ['Hm.\n<rubrics>\n1. Tone: is it kind?\n</rubrics>\n<answer>8</answer>', 'exact', 'Tone=is it kind?'],
  ['<rubrics>\n1. **Tone**: kind\n2. **Length:** short\n</rubrics>', 'recovered', 'Tone=kind Length=short'],
  ['<rubrics>\n- Tone: kind\n- Length - short\n</rubrics>', 'recovered', 'Tone=kind Length=short'],
  ['<rubrics>\n1. Tone (30%): kind\n</rubrics>', 'recovered', 'Tone=kind'],
  ['<rubrics>\n1. Tone\n2. Length\n</rubrics>', 'recovered', 'Tone= Length='],
  ['<rubrics>\n1. Tone: kind\n', 'recovered', 'Tone=kind', 'closing tag'],
  [
    'I would look at these:\n1. Tone: kind\n2. Length: short',
    'recovered',
    'Tone=kind Length=short',
    'is missing',
  ],
  ['<rubrics>[{"name": "Tone", "description": "kind"}]</rubrics>', 'recovered', 'Tone=kind', 'JSON'],
  ['<rubrics>\n1. Tone: kind\n1. Tone: kind\n</rubrics>', 'recovered', 'Tone=kind', 'repeated'],
  ['<rubrics>\n1. Tone: kind\n2. tone: warm\n</rubrics>', 'ambiguous', ['Tone=kind tone=warm'], 'twice'],
  [
    '<rubrics>\n1. A: a\n2. B: b\n3. C: c\n4. D: d\n</rubrics>',
    'missing',
    undefined,
    'invalid: the list has 4 criteria',
  ],
  ['<rubrics>\n</rubrics>', 'missing', undefined, 'absent'],
  ['Nothing further.', 'missing', undefined, 'absent'],
  ['', 'missing', undefined, 'absent'],
  ['<think>1. Tone: kind', 'missing', undefined, 'cut-off'],
]

const spelt = (criteria: readonly { name: string; description: string }[]) =>
  criteria.map(({ name, description }) => `${name}=${description}`).join(' ')

test.each(rows.map((row) => [row[0], row] as const))('%j', (text, row) => {
  const parsed = parseRubricList(text, { tag: 'rubrics' })
  const named =
    parsed.status === 'missing'
      ? parsed
      : parsed.status === 'ambiguous'
        ? { ...parsed, candidates: parsed.candidates.map(spelt) }
        : { ...parsed, value: spelt(parsed.value) }
  expectParse(named, row)
})

it('has as many as asked for, none among them', () => {
  const four = '1. A: a\n2. B: b\n3. C: c\n4. D: d'
  expect(parseRubricList(four, { min: 4, max: 4 })).toMatchObject({ status: 'exact' })
  expect(parseRubricList(four, { min: 5, max: 9 })).toMatchObject({ status: 'missing' })
  expect(() => parseRubricList('', { min: 3, max: 2 })).toThrow(
    expect.objectContaining({ code: 'OUT_OF_RANGE' }),
  )
})
