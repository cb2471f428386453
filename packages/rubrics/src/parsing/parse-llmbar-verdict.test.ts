import { expect, test } from 'vitest'
import { parseLlmbarVerdict } from '../index'

test.each<[strategy: 'cot' | 'vanilla', text: string, preferred: 'a' | 'b' | undefined]>([
  ['cot', 'Therefore, Output (b) is better.', 'b'],
  ['cot', 'Output (b) is better because', 'b'],
  ['cot', 'Output (b) is better', undefined],
  ['cot', 'output (b) is better.', undefined],
  ['cot', 'Output (b) is better. Though in style Output (a) is better.', 'a'],
  ['cot', 'I do not think that Output (a) is better.', 'a'],
  ['vanilla', 'Output (b)', 'b'],
  ['vanilla', '  Output (b), for it is right', 'b'],
  ['vanilla', 'I choose\n Output (b)', 'b'],
  ['vanilla', 'I choose Output (b)', undefined],
  ['vanilla', 'Output (b) or\nOutput (a)', 'a'],
  ['vanilla', '', undefined],
])('%s: %j', (strategy, text, preferred) => {
  expect(parseLlmbarVerdict(text, strategy)?.preferred).toBe(preferred)
})

test('another strategy is refused', () => {
  const parse = () => parseLlmbarVerdict('Output (a)', 'metrics' as never)
  expect(parse).toThrow('strategy is the string "metrics"; expected one of cot, vanilla')
})
