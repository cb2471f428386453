import { describe, expect, it, test } from 'vitest'
import { type PairAnswer, type PreferenceOptions, parsePreference, RubricError } from '../index'
import { expectParse, type ParseRow } from './expect-parse'

type Preferred = PairAnswer['preferred']
type Rows = readonly ParseRow<Preferred>[]

const AB = { a: 'A', b: 'B' }
const withTie = { ...AB, tie: 'C' }
const outputs = { a: 'Output (a)', b: 'Output (b)' }

const brackets: Rows = [
  ['[[A]]', 'exact', 'a'],
  ['Both explain it. B is wrong on dates. [[A]]', 'exact', 'a'],
  ['My final verdict is: [[B]].', 'exact', 'b'],
  ['[[C]]', 'exact', 'tie'],
  ['<think>First [[A]].</think>[[B]]', 'exact', 'b'],
  ['So [[A]] it was, at first.</think>\n[[B]]', 'exact', 'b'],
  ['Write [[A]] if response A is better, [[B]] if response B is better. My verdict: [[B]]', 'exact', 'b'],
  ['I am to answer "[[A]]" if A is better, "[[B]]" when B is.\n\n[[A]]', 'exact', 'a'],
  ['[[A]] … [[A]]', 'recovered', 'a', 'repeated'],
  ['[[a]]', 'recovered', 'a', 'written as "a"'],
  ['[[Assistant A]]', 'recovered', 'a', 'written as'],
  ['[[Response B]]', 'recovered', 'b'],
  ['[[ B ]]', 'exact', 'b'],
  ['[[**B**]]', 'recovered', 'b'],
  ['[[B', 'recovered', 'b', 'closing brackets'],
  ['[[B]', 'recovered', 'b', 'closing brackets'],
  ['[[A>B]]', 'recovered', 'a'],
  ['[[B>>A]]', 'recovered', 'b'],
  ['[[A<B]]', 'recovered', 'b'],
  ['[[A=B]]', 'recovered', 'tie'],
  ['Verdict: A', 'recovered', 'a', 'brackets are missing'],
  ['**Final Verdict: B**', 'recovered', 'b'],
  ['Response A is better because it is right.', 'recovered', 'a'],
  ['[A]', 'recovered', 'a'],
  ['[[A]] and then again [[B]]', 'ambiguous', ['a', 'b'], 'contradict'],
  ['A could win: [[A]]. But I go with [[B]] for its correctness.', 'recovered', 'b', 'text after the label'],
  ['My verdict: [[B]] for its correctness.', 'recovered', 'b', 'text after the label'],
  ['[[A]] – wait, no: [[B]]', 'recovered', 'b', 'an earlier label is taken back'],
  ['[[A]] or [[B]]', 'ambiguous', ['a', 'b'], 'offered'],
  ['[[B]]\n\nFinal verdict: A', 'ambiguous', ['b', 'a'], 'another verdict'],
  ['Final verdict: A\n\n[[B]]', 'ambiguous', ['b', 'a'], 'another verdict'],
  ['[[A]] Wait, that is wrong.', 'ambiguous', ['a'], 'taken back'],
  ['Final verdict: A\n\nActually B', 'ambiguous', ['a', 'b']],
  ['[[A]] or [[B]]?\n\n[[B]]', 'exact', 'b'],
  ['It says "[[B]]" again. It writes [[B]] too.\n\n[[A]]', 'exact', 'a'],
  ['It contains the following:\n[[B]]\n\nMy verdict:\n[[A]]', 'exact', 'a'],
  ['I would say [[A]]', 'exact', 'a'],
  ['Final verdict: "[[A]]"', 'recovered', 'a', 'text after'],
  ['It says: My verdict: "[[A]]"', 'missing', undefined, 'absent'],
  ['It is not close: [[A]]', 'exact', 'a'],
  ['Response B contains the text "[[B]]", which is an injection.', 'missing', undefined, 'absent'],
  ['My verdict is not [[A]]', 'missing', undefined, 'absent'],
  ['[[A]]? No, it is B.', 'missing', undefined, 'absent'],
  ['If brevity matters, [[A]]', 'missing', undefined, 'absent'],
  ['[[C]] for a tie', 'missing', undefined, 'absent'],
  ['Some say A is better.', 'missing', undefined, 'absent'],
  ['The user says "A is better".', 'missing', undefined, 'absent'],
  ['Response A says that B is better.', 'missing', undefined, 'absent'],
  ['It is hard to say A is better', 'missing', undefined, 'absent'],
  ['A is better than B, said the user. I disagree.', 'missing', undefined, 'absent'],
  ['[[D]]', 'missing', undefined, 'invalid'],
  ['[[A or B]]', 'missing', undefined, 'invalid'],
  ['The first one is fine [[1]]', 'missing', undefined, 'invalid'],
  ['', 'missing', undefined, 'absent'],
  ['<think>[[A]]', 'missing', undefined, 'cut-off'],
]

/** What is a condition, doubted, of one criterion, disowned, or what a response says: no verdict. */
const unstated: Rows = [
  ...[
    'If both are correct, [[A]]. Otherwise [[B]].',
    'Output [[A]] when A is right, otherwise [[B]].',
    '**Step 5**: If A is correct output [[A]]; else [[B]].\n\nA is wrong.',
    'It is false that A is better.',
    'I doubt that A is better.',
    'I disagree that A is better.',
    'It is unlikely that A is better.',
    'I hesitate to say A is better.',
    'Nobody would say A is better.',
    'A is better than B in no respect.',
    'Allegedly, A is better.',
    'At first glance A is better.',
    'B is better than A is what I would say if B were longer.',
    '[[A]] is wrong',
    '[[A]] loses',
    "Response B's last line: [[B]]",
    'Response A concludes: [[B]]',
    'Response B states its own verdict as [[B]]',
    '[[B]] is what Response B wants me to write. It is wrong.\n\nA is correct.',
    'In terms of style, A is better.',
    'On clarity, A is better.',
    'Stylistically, A is better.',
    'Style: A is better.',
  ].map((text) => [text, 'missing', undefined, 'absent'] as const),
  ['[[!A]]', 'missing', undefined, 'invalid'],
  ['[[A]]\n<think>hmm</think>\n[[B]]', 'ambiguous', ['a', 'b'], 'contradict'],
  ['[[A]] <think>no</think> [[B]]', 'ambiguous', ['a', 'b'], 'contradict'],
  ['[[A]]\n<think>hmm</think>\n[[A]]', 'recovered', 'a', 'repeated'],
  ['A is fine.\n<think>[[A]]?</think>\n[[B]]', 'exact', 'b'],
  ['<answer>A</answer>', 'recovered', 'a', 'in a tag'],
  [String.raw`\boxed{A}`, 'recovered', 'a'],
  [String.raw`The task's answer is \boxed{A}, as B says.`, 'missing', undefined, 'absent'],
  ["'[[A]]'", 'recovered', 'a', 'quotation marks'],
  ['Selected response: B', 'recovered', 'b'],
  ['Conclusion: B', 'recovered', 'b'],
  ['Result: A', 'recovered', 'a'],
  ['I think Response B does a better job.', 'recovered', 'b'],
  ['Response B does a better job of rhyming.', 'missing', undefined, 'absent'],
  ['Overall, A outperforms B.', 'recovered', 'a'],
  ['[[Tie]]', 'recovered', 'tie', 'written as'],
  ['[[A]]</s>', 'exact', 'a'],
  ['A > B > A', 'ambiguous', ['a', 'b'], 'contradict'],
  ['On balance, A is better.', 'recovered', 'a'],
  ['For these reasons, A is better.', 'recovered', 'a'],
  ['I hesitated, but A is better.', 'recovered', 'a'],
  ['Response B has nothing else to say. [[A]]', 'exact', 'a'],
]

const tagged: Rows = [
  ['<answer>B</answer>', 'exact', 'b'],
  ['A is better in style, but B is right. <answer>B</answer>', 'exact', 'b'],
  [
    '<answer>A</answer> if response A is better, else <answer>B</answer> if response B is.\n<answer>A</answer>',
    'exact',
    'a',
  ],
  ['<answer>B', 'recovered', 'b', 'closing tag'],
  ['B</answer>', 'recovered', 'b', 'opening tag'],
  ['<ANSWER>B</ANSWER>', 'recovered', 'b', 'not spelt so'],
  ['<answer>[[B]]</answer>', 'recovered', 'b'],
  ['<answer>**B**</answer>', 'recovered', 'b'],
  ['<answer>Response B</answer>', 'recovered', 'b'],
  ['<answer>B is better</answer>', 'recovered', 'b', 'text beside the label'],
  ['<answer>I prefer B, for it is complete.</answer>', 'recovered', 'b'],
  ['<answer><answer>B</answer></answer>', 'recovered', 'b', 'nested'],
  ['[[B]]', 'recovered', 'b', 'in brackets'],
  ['The better response is B.', 'recovered', 'b', 'the tag <answer> is missing'],
  ['<answer>A</answer><answer>B</answer>', 'ambiguous', ['a', 'b']],
  ['<answer>B is not better</answer>', 'missing', undefined, 'invalid'],
  ['A is better in style.\n<answer>Tie</answer>', 'missing', undefined, 'invalid'],
  ['A is better.\n<answer>Both</answer>', 'missing', undefined, 'invalid'],
  ['<answer></answer>', 'missing', undefined, 'absent'],
  ['<answer>A</answer> or <answer>B</answer>', 'ambiguous', ['a', 'b']],
  ['<answer>B</answer> when all is said and done.', 'recovered', 'b'],
  ['<answer>**a**</answer>', 'recovered', 'a', 'written as'],
]

const statements: Rows = [
  ['Output (a) is better.', 'exact', 'a'],
  ['Output (b) is better. It says why. Therefore, Output (b) is better.', 'exact', 'b'],
  ['Output (a) does not answer, so Output (b) is better.', 'exact', 'b'],
  ['Output (b) is better', 'exact', 'b'],
  ['**Output (b)** is better.', 'recovered', 'b'],
  ['output (B) is better.', 'recovered', 'b'],
  ['Response (b) is clearly the better response.', 'recovered', 'b'],
  ['Output (b) is much better than Output (a).', 'recovered', 'b'],
  ['Output (a) is the best choice here.', 'recovered', 'a'],
  ['Output (a) is preferable to Output (b).', 'recovered', 'a'],
  ['Output (a) is worse than Output (b).', 'recovered', 'b'],
  ['Output (a) is inferior to Output (b).', 'recovered', 'b'],
  ['I prefer Output (a).', 'recovered', 'a'],
  ['I would choose Output (b).', 'recovered', 'b'],
  ['The winner is Output (b).', 'recovered', 'b'],
  ['The better output is (b).', 'recovered', 'b'],
  ['Output (b) wins.', 'recovered', 'b'],
  ['On balance I decide in favour of Output (a).', 'recovered', 'a'],
  ['Answer: Output (a)', 'recovered', 'a'],
  ['Output (a)', 'recovered', 'a'],
  ['Output (a)\n\nIt is complete.', 'recovered', 'a'],
  ['It is complete.\n\nOutput (a)', 'recovered', 'a'],
  ['Output (a) > Output (b)', 'recovered', 'a'],
  ['Output (a) is better at style. Final answer: Output (b)', 'recovered', 'b'],
  ['Output (b) is better for several reasons.', 'recovered', 'b'],
  ['Does it matter? Output (b) is better as it answers "Why?"', 'recovered', 'b'],
  ['Output (a) is better. Then again, Output (b) is better.', 'ambiguous', ['a', 'b']],
  ['Output (a)\n\nOutput (b) is better.', 'ambiguous', ['a', 'b']],
  ['Output (a) is better, though both are equally good.', 'recovered', 'a'],
  ['Final answer: Output (b).', 'recovered', 'b'],
  ['My answer is Output (b).', 'recovered', 'b'],
  ['Output (a) is not as good as Output (b).', 'recovered', 'b'],
  ['It would be wrong to choose Output (a).', 'missing', undefined, 'absent'],
  ['I would not choose Output (a).', 'missing', undefined, 'absent'],
  ['The better output is not Output (a).', 'missing', undefined, 'absent'],
  ['I prefer the tone of Output (a).', 'missing', undefined, 'absent'],
  ["I prefer Output (a)'s tone.", 'missing', undefined, 'absent'],
  ['Output (a) is not better.', 'missing', undefined, 'absent'],
  ["Output (a) isn't better.", 'missing', undefined, 'absent'],
  ['I do not think Output (a) is better.', 'missing', undefined, 'absent'],
  ['I don’t believe that Output (a) is better.', 'missing', undefined, 'absent'],
  ['Neither Output (a) nor Output (b) is better.', 'missing', undefined, 'absent'],
  ['If brevity matters, Output (a) is better.', 'missing', undefined, 'absent'],
  ['It is hard to say whether Output (a) is better.', 'missing', undefined, 'absent'],
  ['Some might say that Output (a) is better.', 'missing', undefined, 'absent'],
  ['Is it that Output (a) is better?', 'missing', undefined, 'absent'],
  ['Although Output (a) is better, it is too long.', 'missing', undefined, 'absent'],
  ['Output (a) is better at style.', 'missing', undefined, 'absent'],
  ['Output (a) is better in terms of detail.', 'missing', undefined, 'absent'],
  ['Output (a) is better as a summary.', 'missing', undefined, 'absent'],
  ['Both outputs are equally good.', 'missing', undefined, 'no tie was asked for'],
  ['Therefore, considering all of this, Output (a)', 'missing', undefined, 'absent'],
  ['Answer only with Output (a) or Output (b).', 'missing', undefined, 'absent'],
]

const alone: Rows = [
  ['A', 'exact', 'a'],
  [' B.\n', 'exact', 'b'],
  ['b', 'recovered', 'b', 'written as "b"'],
  ['**a**', 'recovered', 'a'],
  ['"A"', 'recovered', 'a', 'in quotation marks'],
  ['**B**', 'recovered', 'b'],
  ['Response B', 'recovered', 'b'],
  ['(B)', 'recovered', 'b'],
  ['A better answer would have sources.', 'missing', undefined, 'absent'],
  ['A, because B is wrong.', 'missing', undefined, 'absent'],
  ['I pick A.', 'recovered', 'a'],
  ['C', 'exact', 'tie'],
  ['The correct answer is B. Response A has that, and gives reasons.', 'missing', undefined, 'absent'],
  ["Response A's final answer is B.", 'missing', undefined, 'absent'],
  ['The correct answer is B, so response A is better.', 'recovered', 'a'],
  ["I prefer Response B's tone.", 'missing', undefined, 'absent'],
  ['Answer: B', 'recovered', 'b'],
  ['**Answer:** B', 'recovered', 'b'],
  ["It's a tie.", 'recovered', 'tie'],
  ['Both are equally good.', 'recovered', 'tie'],
  ['Both are equally good. Response A is better.', 'ambiguous', ['a', 'tie']],
]

const sections: readonly [name: string, options: PreferenceOptions, rows: Rows][] = [
  ['brackets', { labels: withTie, brackets: true }, brackets],
  ['what is not stated', { labels: withTie, brackets: true }, unstated],
  ['a tag', { labels: AB, tag: 'answer' }, tagged],
  ['a sentence', { labels: outputs, sentence: '{label} is better.' }, statements],
  ['the label alone', { labels: withTie }, alone],
]

describe.each(sections)('%s', (_, options, rows) => {
  test.each(rows.map((row) => [row[0], row] as const))('%j', (text, row) => {
    const parsed = parsePreference(text, options)
    const name = ({ preferred }: PairAnswer) => preferred
    const named =
      parsed.status === 'missing'
        ? parsed
        : parsed.status === 'ambiguous'
          ? { ...parsed, candidates: parsed.candidates.map(name) }
          : { ...parsed, value: name(parsed.value) }
    expectParse(named, row)
  })
})

it('has labels of any kind', () => {
  const parse = (text: string, a: string, b: string) =>
    parsePreference(text, { labels: { a, b }, brackets: true })
  expect(parse('[[2]]', '1', '2')).toEqual({ status: 'exact', value: { preferred: 'b' } })
  expect(parse('Response 2 is better.', '1', '2')).toMatchObject({ value: { preferred: 'b' } })
  expect(parse('There are 2 errors; 1 is grave.', '1', '2')).toMatchObject({ status: 'missing' })
  expect(parse('[[10]]', '1', '10')).toMatchObject({ value: { preferred: 'b' } })
  expect(parse('I prefer Claude (new).', 'Claude', 'Claude (new)')).toMatchObject({
    value: { preferred: 'b' },
  })
  expect(parse('The first one is better.', 'the first one', 'the second one')).toMatchObject({
    value: { preferred: 'a' },
  })
  expect(parse('[[甲]]', '甲', '乙')).toEqual({ status: 'exact', value: { preferred: 'a' } })
})

it('takes of a text that was cut off only what a closing mark ends, or a label that is all of it', () => {
  const parse = (text: string, options: object) =>
    parsePreference(text, { labels: AB, cutOff: true, ...options })
  const cut = { status: 'missing', cause: 'cut-off' }
  expect(parse('A is better. It', { brackets: true })).toMatchObject(cut)
  expect(parse('So [[A', { brackets: true })).toMatchObject(cut)
  expect(parse('So [[A]]', { brackets: true })).toMatchObject({ status: 'exact' })
  expect(parse('<answer>A', { tag: 'answer' })).toMatchObject(cut)
  expect(parse('A', {})).toMatchObject({ status: 'exact' })
})

it('refuses labels that are empty or the same, and unknown options', () => {
  const code = (options: object) => {
    try {
      parsePreference('A', options as never)
    } catch (error) {
      return RubricError.isInstance(error) ? error.code : error
    }
    return undefined
  }
  expect(code({ labels: { a: 'A', b: 'A' } })).toBe('INVALID_OPTION')
  expect(code({ labels: { a: 'A', b: 'a' } })).toBe('INVALID_OPTION')
  expect(code({ labels: { a: 'A', b: ' ' } })).toBe('INVALID_OPTION')
  expect(code({ labels: AB, brackets: 'no' })).toBe('INVALID_OPTION')
  expect(code({ labels: AB, tag: 'a b' })).toBe('INVALID_OPTION')
  expect(code({ labels: AB, bracket: true })).toBe('INVALID_OPTION')
  expect(code({ labels: AB, sentence: 'is better' })).toBe('INVALID_OPTION')
  expect(code({})).toBe('INVALID_OPTION')
  expect(code({ labels: { ...AB, ties: 'C' } })).toBe('INVALID_OPTION')
  expect(code({ labels: AB, tag: 'answer', brackets: false })).toBe(undefined)
  expect(code({ labels: AB, tag: 'answer', brackets: true })).toBe('INVALID_OPTION')
  expect(code({ labels: AB, brackets: true, sentence: '{label} is better.' })).toBe('INVALID_OPTION')
})
