import type { PairAnswer } from '../answers'
import { checkChoice } from '../formats/check-choice'

/** Patterns of LLMBar's configurations, tried in this order. */
const rules = {
  cot: [/Output \(a\) is better./, /Output \(b\) is better./],
  vanilla: [/(?:^|\n) ?Output \(a\)/, /(?:^|\n) ?Output \(b\)/],
} as const

/**
 * What LLMBar's own program read from a judge's text: the first of two patterns that is found anywhere in it, (a) before
 * (b), whatever else the text says. For comparison with published results; `parsePreference` is the stricter one.
 *
 * `a` is the output shown first. LLMBar's files have the winner among the item's outputs: where they were swapped, it is the
 * other one.
 *
 * Source: princeton-nlp/LLMBar, `LLMEvaluator/evaluate.py` (`completion_with_parsing`) and the `parsing` of its configurations.
 *
 * @param strategy `cot`: the sentence `Output (a) is better` with any character after it, as for CoT. `vanilla`: a line that
 *   begins with `Output (a)`, as for Vanilla, Metrics, Reference and their like.
 * @returns null where neither pattern is found.
 * @throws RubricError `INVALID_OPTION` for another strategy.
 */
export function parseLlmbarVerdict(text: string, strategy: 'cot' | 'vanilla'): PairAnswer | null {
  checkChoice('strategy', strategy, rules)
  const completion = text.trim()
  const found = rules[strategy].findIndex((pattern) => pattern.test(completion))
  return found === -1 ? null : { preferred: found === 0 ? 'a' : 'b' }
}
