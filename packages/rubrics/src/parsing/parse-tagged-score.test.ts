import { describe, expect, it, test } from 'vitest'
import { parseTaggedScore, RubricError } from '../index'
import { expectParse, type ParseRow } from './expect-parse'

const ten = { min: 1, max: 10 }
const tag = 'answer'

const asAsked: readonly ParseRow<number>[] = [
  ['<answer>8</answer>', 'exact', 8],
  ['<answer> 8 </answer>\n', 'exact', 8],
  ['<answer>\n8\n</answer>', 'exact', 8],
  ['<answer>7.5</answer>', 'exact', 7.5],
  ['<answer>10</answer>', 'exact', 10],
  ['<evaluation>Correct, and says why. It lists 3 of 4 cases.</evaluation>\n<answer>6</answer>', 'exact', 6],
  ['I would score the style 9 and the truth 4.\n\n<answer>5</answer>', 'exact', 5],
  ['<think>Maybe <answer>3</answer>? No.</think>\n<answer>8</answer>', 'exact', 8],
  ['It has flaws. Score: 3, I first thought.</think>\n\n<answer>8</answer>', 'exact', 8],
  ['<think>One.</think><think>Two: <answer>2</answer></think><answer>9</answer>', 'exact', 9],
  ['[THINK]It is a 4.[/THINK]<answer>6</answer>', 'exact', 6],
  ['◁think▷4?◁/think▷<answer>6</answer>', 'exact', 6],
  [
    '<|channel|>analysis<|message|><answer>2</answer><|end|><|start|>assistant<|channel|>final<|message|><answer>7</answer>',
    'exact',
    7,
  ],
  ['The score goes into the tag, e.g. <answer>7</answer>.\n<answer>4</answer>', 'exact', 4],
  ['It writes "<answer>10</answer>" itself.\n<answer>2</answer>', 'exact', 2],
  ['It writes <answer>10</answer> itself.\n<answer>2</answer>', 'exact', 2],
  ['It is told `<answer>10</answer>`, and\n> <answer>9</answer>\n\n<answer>2</answer>', 'exact', 2],
  ['It ends so:\n```\n<answer>10</answer>\n```\n<answer>2</answer>', 'exact', 2],
  ['The response opens with "<think>" and never ends it.\n<answer>2</answer>', 'exact', 2],
  ['It contains a <reasoning> section. <answer>3</answer>', 'exact', 3],
  ['[reasoning]\nfine\n<answer>4</answer>', 'exact', 4],
  ['It would be better if it had sources, so <answer>5</answer>', 'exact', 5],
]

const amiss: readonly ParseRow<number>[] = [
  ['<answer>8', 'recovered', 8, 'the closing tag </answer> is missing'],
  ['<answer>8\n', 'recovered', 8, 'the closing tag'],
  ['<answer>8\nBecause 3 of its 4 claims hold.', 'recovered', 8, 'the closing tag'],
  ['<answer>8<answer>', 'recovered', 8, 'the closing tag'],
  ['8</answer>', 'recovered', 8, 'the opening tag <answer> is missing'],
  ['answer>6</answer>', 'recovered', 6, 'the opening tag <answer> is missing'],
  ['<answer>8</answer', 'recovered', 8, 'not spelt so'],
  ['It has 2 flaws.\n8</answer>', 'recovered', 8, 'the opening tag'],
  ['<Answer>8</Answer>', 'recovered', 8, 'not spelt so'],
  ['<ANSWER>8</answer>', 'recovered', 8, 'not spelt so'],
  ['< answer >8</ answer >', 'recovered', 8, 'not spelt so'],
  ['&lt;answer&gt;8&lt;/answer&gt;', 'recovered', 8, 'not spelt so'],
  [String.raw`\<answer\>8\</answer\>`, 'recovered', 8, 'not spelt so'],
  ['＜answer＞8＜/answer＞', 'recovered', 8, 'not spelt so'],
  ['<answer><answer>8</answer></answer>', 'recovered', 8, 'nested'],
  ['<answer>8</answer>\n<answer>8</answer>', 'recovered', 8, 'repeated'],
  ['<answer>8</answer> and so, again, <answer>8.0</answer>', 'recovered', 8, 'repeated'],
  ['<answer></answer>\n<answer>8</answer>', 'recovered', 8, 'another place has no score'],
  ['<answer>score</answer>\n\n<answer>8</answer>', 'recovered', 8, 'another place has no score'],
  ['<answer>1-10</answer>\n\n<answer>8</answer>', 'recovered', 8, 'another place has no score'],
  ['**<answer>8</answer>**', 'exact', 8],
  ['```\n<answer>8</answer>\n```', 'recovered', 8, 'in a code block'],
  ['<answer>8</answer> The response is fine.', 'recovered', 8, 'text after the score'],
  ['<answer>3</answer> It ends with </think>.', 'recovered', 3, 'text after the score'],
  [
    '<answer>8</answer>\nOn reflection:\n<answer>7</answer>',
    'recovered',
    7,
    'an earlier score is taken back',
  ],
  ['<answer>8</answer> – wait, no: <answer>7</answer>', 'recovered', 7, 'taken back'],
]

const written: readonly ParseRow<number>[] = [
  ['<answer>8/10</answer>', 'recovered', 8, 'written as "8/10"'],
  ['<answer>8 / 10</answer>', 'recovered', 8],
  ['<answer>8 out of 10</answer>', 'recovered', 8],
  ['<answer>8.5/10</answer>', 'recovered', 8.5],
  ['<answer>8.</answer>', 'recovered', 8],
  ['<answer>+8</answer>', 'recovered', 8],
  ['<answer>8,5</answer>', 'recovered', 8.5, 'comma'],
  ['<answer>**8**</answer>', 'recovered', 8],
  ['<answer>[8]</answer>', 'recovered', 8],
  ['<answer>Score: 8</answer>', 'recovered', 8],
  ['<answer>**Score:** 8/10</answer>', 'recovered', 8],
  ['<answer>The response deserves 8 points.</answer>', 'recovered', 8],
  ['<answer>Final score: 8 (style 9, truth 7)</answer>', 'recovered', 8],
  ['<answer>score (out of 10): 8</answer>', 'recovered', 8],
  ['<answer>8 because it has 3 errors</answer>', 'recovered', 8],
  ['<answer>eight</answer>', 'recovered', 8, 'in words'],
  ['<answer>Eight out of ten</answer>', 'recovered', 8, 'in words'],
  ['<answer>seven and a half</answer>', 'recovered', 7.5, 'in words'],
  ['<answer>seven point five</answer>', 'recovered', 7.5, 'in words'],
  ['<answer>8½</answer>', 'recovered', 8.5],
  ['<answer>８</answer>', 'recovered', 8, 'not ASCII'],
  ['<answer>٨</answer>', 'recovered', 8, 'not ASCII'],
  ['<answer>८/१०</answer>', 'recovered', 8, 'not ASCII'],
  ['<answer>𝟖</answer>', 'recovered', 8, 'not ASCII'],
  ['<answer>\u200b8\u200b</answer>', 'recovered', 8],
  ['<answer>8\u00a0/\u00a010</answer>', 'recovered', 8],
]

const untagged: readonly ParseRow<number>[] = [
  ['8', 'recovered', 8, 'the tag <answer> is missing'],
  ['Score: 8', 'recovered', 8],
  ['**Score:** 8/10', 'recovered', 8],
  ['**Score: 8**', 'recovered', 8],
  ['The score is 8.', 'recovered', 8],
  ['Score (1-10): 8', 'recovered', 8],
  ['**Overall Score: 8/10**', 'recovered', 8],
  ['It is sound, with 2 gaps. I would give it 7 out of 10.', 'recovered', 7],
  ['I rate this response a 7.', 'recovered', 7],
  ['I give it eight out of ten.', 'recovered', 8, 'in words'],
  ['Overall score: 6/10. Its style alone deserves a score of 9.', 'recovered', 6],
  ['Clarity score: 9\nTruth score: 4\nFinal score: 5', 'recovered', 5],
  ['Rating: [[7]]', 'recovered', 7],
  ['Overall: 8 out of 10', 'recovered', 8],
  ['Clarity: 7/10\nOverall: 8/10', 'recovered', 8],
  ['1. Clarity: 7\n2. Truth: 7\n3. Overall: 7', 'recovered', 7],
  ['It is good.\nFinal answer: 7', 'recovered', 7],
  ['Answer: 7', 'recovered', 7],
  ['<score>7</score>', 'recovered', 7],
  ['The final score for this response is 8.', 'recovered', 8],
  ['Final verdict: 9/10', 'recovered', 9],
  ['I assign a score of 9.', 'recovered', 9],
  [String.raw`\boxed{8}`, 'recovered', 8],
  [String.raw`The score is $\boxed{8}$.`, 'recovered', 8],
  ['| Overall | 8 |', 'recovered', 8],
  ['The overall quality is 8 / 10.', 'recovered', 8],
  ['Answer: 7\nIt is right.', 'missing', undefined, 'absent'],
  ['The answer is 7.', 'missing', undefined, 'absent'],
  ['Overall clarity: 8', 'missing', undefined, 'absent'],
]

const unclear: readonly ParseRow<number>[] = [
  ['<answer>8</answer>\nBesides:\n<answer>7</answer>', 'ambiguous', [8, 7], 'contradict'],
  ['<answer>8</answer> or <answer>7</answer>', 'ambiguous', [8, 7], 'several scores are offered'],
  ['<answer>8</answer>\nFinal score: 6', 'ambiguous', [8, 6], 'contradict'],
  ['<answer>8</answer> Wait, that is too high.', 'ambiguous', [8], 'taken back after it'],
  ['<answer>8</answer>\n<answer>N/A</answer>', 'ambiguous', [8], 'the last place'],
  ['<answer>7-8</answer>', 'ambiguous', [7, 8]],
  ['<answer>7–8</answer>', 'ambiguous', [7, 8]],
  ['<answer>7 or 8</answer>', 'ambiguous', [7, 8]],
  ['<answer>between seven and eight</answer>', 'ambiguous', [7, 8]],
  ['<answer>8</answer> no, <answer>12</answer>', 'ambiguous', [8], '"12"'],
  ['<answer>1', 'ambiguous', [1, 10], 'the text ends within'],
  ['Accurate, but dry. <answer>1', 'ambiguous', [1, 10]],
  ['<answer>8.', 'ambiguous', [8], 'the text ends within'],
  ['Score: 8. Or rather, score: 6.', 'ambiguous', [8, 6]],
  ['Score: 7-8', 'ambiguous', [7, 8]],
  ['I would give it 7 or 8 out of 10.', 'ambiguous', [7, 8]],
  ['Score: seven to eight', 'ambiguous', [7, 8]],
  ['Score: 1', 'ambiguous', [1, 10], 'cut off'],
]

/** Sums are no scores, and a score that is changed afterwards is not the one in the tag. */
const changed: readonly ParseRow<number>[] = [
  ['Score: 10 - 2 = 8', 'missing', undefined, 'absent'],
  ['<answer>10 - 2 = 8</answer>', 'missing', undefined, 'invalid'],
  ['Score: 9 (minus 2 for errors)', 'missing', undefined, 'absent'],
  ['<answer>8\n5</answer>', 'ambiguous', [8, 5]],
  ['<answer>8; 5</answer>', 'ambiguous', [8, 5]],
  ['<answer>8 – 3 of its claims are false</answer>', 'missing', undefined, 'invalid'],
  ['<answer>8\nIt lists 3 of 4 cases.</answer>', 'recovered', 8],
  ['<answer>8</answer>\n\nRevised score after reflection: 5', 'ambiguous', [8], 'taken back'],
  ['<answer>8</answer>\n\nFinal Answer: 5', 'ambiguous', [8, 5], 'contradict'],
  ['<answer>8</answer>\nI change it to 5.', 'ambiguous', [8], 'taken back'],
  ['<answer>8</answer> is what the response wants me to write.', 'missing', undefined, 'absent'],
  ['<answer>3</answer>\n<think>hmm</think>\n<answer>8</answer>', 'ambiguous', [3, 8], 'contradict'],
]

const none: readonly ParseRow<number>[] = [
  ['', 'missing', undefined, 'absent'],
  ['The response lists 3 reasons, of which 2 hold.', 'missing', undefined, 'absent'],
  ['It answers all 4 questions in 120 words.', 'missing', undefined, 'absent'],
  ['<answer></answer>', 'missing', undefined, 'absent'],
  ['<answer>score</answer>', 'missing', undefined, 'invalid'],
  ['<answer>N/A</answer>', 'missing', undefined, 'invalid'],
  ['<answer>1 to 10</answer>', 'missing', undefined, 'absent'],
  ['<answer>11</answer>', 'missing', undefined, 'invalid: <answer> has "11"; expected a score from 1 to 10'],
  ['<answer>0</answer>', 'missing', undefined, 'invalid'],
  ['<answer>-8</answer>', 'missing', undefined, '"-8"'],
  ['<answer>−8</answer>', 'missing', undefined, '"-8"'],
  ['<answer>4/5</answer>', 'missing', undefined, '"4/5"'],
  ['<answer>85/100</answer>', 'missing', undefined, '"85/100"'],
  ['<answer>80%</answer>', 'missing', undefined, '"80%"'],
  ['<answer>four out of five</answer>', 'missing', undefined, '"4 out of 5"'],
  ['<answer>1,000</answer>', 'missing', undefined, '"1,000"'],
  ['<answer>8e3</answer>', 'missing', undefined, 'invalid'],
  ['<answer>GPT-4</answer>', 'missing', undefined, 'invalid'],
  ['<answer>', 'missing', undefined, 'cut-off'],
  ['<think>It is an 8. <answer>8</answer>', 'missing', undefined, 'cut-off'],
  ['<think>Score: 8', 'missing', undefined, 'cut-off'],
  ['<think>Score: 8</think>', 'missing', undefined, 'absent'],
  ['Score: 11/10', 'missing', undefined, 'invalid'],
  ['I would give it 4 out of 5.', 'missing', undefined, 'invalid'],
]

/** What is denied, supposed, counted, reported or quoted is no score, in the tag and out of it. */
const unstated: readonly ParseRow<number>[] = [
  ...[
    'I cannot score this one',
    'no one would score this',
    'one of the best',
    'N/A - 2 of the claims are false',
    'I found 3 errors',
    'Response 2',
    'not 3',
    'less than 5',
  ].map((content) => [`<answer>${content}</answer>`, 'missing', undefined, 'invalid'] as const),
  ...[
    'I would not give it a score of 9.',
    'If it were complete I would give it a score of 9.',
    'A score of 10 would require more detail.',
    'Score 10 is reserved for perfect answers.',
    'I will not score this. The maximum is 10/10.',
    'I deduct 3/10 for the errors.',
    'The solution says x = 7/10 which is right',
    'It cites a credit score of 7.',
    String.raw`The response boxes its final answer \boxed{4}, which is correct.`,
    String.raw`So it is \boxed{7}`,
    'Therefore x =\n7',
    'Good in parts.\n\n**7**',
    'The format is `<answer>5</answer>`.',
    'It wrote: "Score: 9".',
    'I would give it 9 for style.',
    'Helpfulness: the score is 9.',
    '1. Helpfulness score: 9\n2. Accuracy score: 9',
    'My score is not <answer>8</answer>',
    'If it had sources, <answer>9</answer>',
    '<answer>9</answer>?',
  ].map((text) => [text, 'missing', undefined, 'absent'] as const),
]

const tables = { changed, unstated, asAsked, amiss, written, untagged, unclear, none }

describe.each(Object.entries(tables))('%s', (_, rows) => {
  test.each(rows.map((row) => [row[0], row] as const))('%j', (text, row) => {
    const parsed = parseTaggedScore(text, { tag, scale: ten })
    const score = ({ score }: { score: number }) => score
    const scores =
      parsed.status === 'missing'
        ? parsed
        : parsed.status === 'ambiguous'
          ? { ...parsed, candidates: parsed.candidates.map(score) }
          : { ...parsed, value: score(parsed.value) }
    expectParse(scores, row)
  })
})

describe('options', () => {
  it('takes an end of the text for an end of the number where nothing was cut off', () => {
    expect(parseTaggedScore('<answer>1', { tag, scale: ten, cutOff: false })).toMatchObject({
      value: { score: 1 },
    })
    expect(parseTaggedScore('Score: 1', { tag, scale: ten, cutOff: false })).toMatchObject({
      value: { score: 1 },
    })
  })

  it('takes of a text that was cut off only what its closing tag ends', () => {
    const parse = (text: string) => parseTaggedScore(text, { tag, scale: ten, cutOff: true })
    expect(parse('<answer>8')).toMatchObject({ status: 'missing', cause: 'cut-off' })
    expect(parse('Score: 8. It')).toMatchObject({ status: 'missing', cause: 'cut-off' })
    expect(parse('<answer>8</answer>')).toEqual({ status: 'exact', value: { score: 8 } })
    expect(parse('<answer>8</answer> It')).toMatchObject({ status: 'recovered', value: { score: 8 } })
  })

  it('says which part of what was asked for is not there', () => {
    const parse = (text: string) => parseTaggedScore(text, { tag, scale: ten })
    expect(parse('Score: 8')).toMatchObject({ status: 'recovered', lacking: ['answer'] })
    expect(parse('<answer>8/10</answer>')).not.toHaveProperty('lacking')
  })

  it('has any scale', () => {
    const parse = (text: string, min: number, max: number) =>
      parseTaggedScore(text, { tag, scale: { min, max } })
    expect(parse('<answer>-3</answer>', -5, 5)).toEqual({ status: 'exact', value: { score: -3 } })
    expect(parse('<answer>85%</answer>', 0, 100)).toMatchObject({ status: 'recovered', value: { score: 85 } })
    expect(parse('<answer>eighty-five</answer>', 0, 100)).toMatchObject({ value: { score: 85 } })
    expect(parse('<answer>4/5</answer>', 1, 5)).toMatchObject({ value: { score: 4 } })
    expect(parse('<answer>5', 0, 100)).toMatchObject({ candidates: [{ score: 5 }, { score: 50 }] })
    expect(parse('<answer>1,000</answer>', 0, 10_000)).toMatchObject({ value: { score: 1000 } })
    expect(parse('<answer>0.25</answer>', 0, 1)).toEqual({ status: 'exact', value: { score: 0.25 } })
  })

  it('reads scores of criteria, and says which are missing', () => {
    const criteria = ['Clarity', 'Truth', 'Safety']
    const parse = (text: string) => parseTaggedScore(text, { tag, scale: ten, criteria })
    const all = [
      { name: 'Clarity', score: 7 },
      { name: 'Truth', score: 9 },
      { name: 'Safety', score: 10 },
    ]
    expect(parse('Clarity: 7\nTruth: 9\nSafety: 10\n<answer>8</answer>')).toEqual({
      status: 'exact',
      value: { score: 8, criteria: all },
    })
    const listed = '- **Clarity**: 7/10. Clear.\n2. Truth (weight 2): 9\n| safety | 10 |\n<answer>8</answer>'
    expect(parse(listed)).toEqual({ status: 'exact', value: { score: 8, criteria: all } })
    expect(parse('Clarity: 7\nTruth: 9\nTruth: 8\n<answer>8</answer>')).toEqual({
      status: 'recovered',
      value: { score: 8, criteria: all.slice(0, 1) },
      repairs: ['scores of Truth that contradict each other', 'no score of Safety'],
    })
    expect(parse('Clarity is 7.')).toMatchObject({ status: 'missing' })
    const counted = [
      'Clarity: in 3 ways it fails',
      'Truth is the weak point: 3 claims are false',
      'Safety: not 3',
    ]
    for (const line of counted) {
      const { value } = parse(`${line}\n<answer>2</answer>`) as { value: object }
      expect(value).toEqual({ score: 2 })
    }
  })

  it('refuses what it cannot use', () => {
    const refused = (options: object) => {
      try {
        parseTaggedScore('', options as never)
      } catch (error) {
        return RubricError.isInstance(error) ? `${error.code} ${error.message}` : error
      }
      return undefined
    }
    expect(refused({ tag: '<answer>', scale: ten })).toContain('INVALID_OPTION tag is the string "<answer>"')
    expect(refused({ tag, scale: { min: 10, max: 1 } })).toContain('OUT_OF_RANGE scale is 10 to 1')
    expect(refused({ tag })).toContain('OUT_OF_RANGE scale is undefined to undefined')
    expect(refused({ tag, scale: ten, scales: 1 })).toContain(
      'INVALID_OPTION parseTaggedScore: no option scales',
    )
    expect(refused({ tag, scale: ten, cutOff: 'no' })).toContain('INVALID_OPTION cutOff is the string "no"')
  })
})
