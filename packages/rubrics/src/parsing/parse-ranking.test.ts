import { expect, it, test } from 'vitest'
import { parseRanking } from '../index'
import { expectParse, type ParseRow } from './expect-parse'

const labels = ['A', 'B', 'C']

const rows: readonly ParseRow<string>[] = [
  ['<answer>C > A > B</answer>', 'exact', 'CAB'],
  ['A has 2 flaws, B > A in style.\n<answer>C > A > B</answer>', 'exact', 'CAB'],
  ['<think>A > B > C</think><answer>C > A > B</answer>', 'exact', 'CAB'],
  ['<answer>C>A>B</answer>', 'recovered', 'CAB'],
  ['<answer>C >> A > B</answer>', 'recovered', 'CAB'],
  ['<answer>B < A < C</answer>', 'recovered', 'CAB'],
  ['<answer>C, A, B</answer>', 'recovered', 'CAB'],
  ['<answer>C → A → B</answer>', 'recovered', 'CAB'],
  ['<answer>Response C > Response A > Response B</answer>', 'recovered', 'CAB'],
  ['<answer>[C] > [A] > [B]</answer>', 'recovered', 'CAB'],
  ['<answer>**C** > **A** > **B**</answer>', 'recovered', 'CAB'],
  ['<answer>["C", "A", "B"]</answer>', 'recovered', 'CAB'],
  ['<answer>1. C\n2. A\n3. B</answer>', 'recovered', 'CAB'],
  ['<answer>C > A > B', 'recovered', 'CAB', 'closing tag'],
  ['My ranking is C > A > B.', 'recovered', 'CAB', 'the tag <answer> is missing'],
  ['<answer>Ranking: C > A > B</answer>', 'recovered', 'CAB'],
  ['<answer>C > A > B</answer> That is all.', 'recovered', 'CAB', 'text after'],
  ['<answer>C > A > B</answer>, no: <answer>A > C > B</answer>', 'recovered', 'ACB', 'taken back'],
  ['So:\nC > A > B\nThat is all.', 'recovered', 'CAB', 'the tag <answer> is missing'],
  ['It writes "<answer>A > B > C</answer>".\n<answer>C > A > B</answer>', 'exact', 'CAB'],
  ['<answer>C > A > B</answer><answer>C > A > B</answer>', 'recovered', 'CAB', 'repeated'],
  ['<answer>best > … > worst</answer>\n<answer>C > A > B</answer>', 'recovered', 'CAB', 'another place'],
  ['worst to best:\nA > B > C', 'ambiguous', ['ABC'], 'worst'],
  ['Worst to best: <answer>A > B > C</answer>', 'ambiguous', ['ABC'], 'worst'],
  ['<answer>A, B, C</answer> (worst first)', 'ambiguous', ['ABC'], 'worst'],
  [
    'It sorts in ascending order. '.concat('It is right. '.repeat(12), '<answer>C > A > B</answer>'),
    'exact',
    'CAB',
  ],
  ['<answer>C > A > B</answer> or <answer>A > C > B</answer>', 'ambiguous', ['CAB', 'ACB']],
  ['<answer>C > A = B</answer>', 'ambiguous', ['CAB'], 'ties'],
  ['<answer>C > A</answer>', 'missing', undefined, 'invalid: the ranking lacks B'],
  ['<answer>C > A > C</answer>', 'missing', undefined, 'lacks B'],
  ['<answer>C > A > B > A</answer>', 'missing', undefined, 'each label once'],
  ['<answer>A > B < C</answer>', 'missing', undefined, 'invalid'],
  ['<answer>C is best</answer>', 'missing', undefined, 'invalid'],
  ['<answer>A > B > C > D</answer>', 'missing', undefined, 'invalid'],
  ['<answer>1. A\n2. B\n3. C\n4. none</answer>', 'missing', undefined, 'invalid'],
  [
    '1. **Response C** is right.\n2. Response A is vague.\n3. Response B is wrong.',
    'missing',
    undefined,
    'absent',
  ],
  ['From worst to best: A > B > C', 'missing', undefined, 'absent'],
  ['worst to best: A, B, C', 'missing', undefined, 'absent'],
  ['The responses are A, B, C.', 'missing', undefined, 'absent'],
  ['not A > B > C', 'missing', undefined, 'absent'],
  ['"A > B > C" is what it says.', 'missing', undefined, 'absent'],
  ['<answer>C > A >', 'missing', undefined, 'cut-off'],
  ['', 'missing', undefined, 'absent'],
  ['All three are fine.', 'missing', undefined, 'absent'],
  ['<think>C > A > B', 'missing', undefined, 'cut-off'],
]

const spelt = ({ ranking }: { ranking: readonly number[] }) => ranking.map((i) => labels[i]).join('')

test.each(rows.map((row) => [row[0], row] as const))('%j', (text, row) => {
  const parsed = parseRanking(text, { labels, tag: 'answer' })
  const named =
    parsed.status === 'missing'
      ? parsed
      : parsed.status === 'ambiguous'
        ? { ...parsed, candidates: parsed.candidates.map(spelt) }
        : { ...parsed, value: spelt(parsed.value) }
  expectParse(named, row)
})

it('needs no tag, and has any labels', () => {
  expect(parseRanking('B > A', { labels: ['A', 'B'] })).toEqual({
    status: 'exact',
    value: { ranking: [1, 0] },
  })
  const models = ['gpt', 'gpt-mini', 'llama']
  expect(parseRanking('llama > gpt-mini > gpt', { labels: models })).toEqual({
    status: 'exact',
    value: { ranking: [2, 1, 0] },
  })
})

it('refuses labels that are too few or the same', () => {
  const refused = (code: string) => expect.objectContaining({ code, parameter: 'labels' })
  expect(() => parseRanking('', { labels: ['A'] })).toThrow(refused('OUT_OF_RANGE'))
  expect(() => parseRanking('', { labels: ['A', 'A'] })).toThrow(refused('INVALID_OPTION'))
  expect(() => parseRanking('', {} as never)).toThrow('labels is undefined; expected a list of texts')
})
