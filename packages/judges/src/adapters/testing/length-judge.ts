import type { PairItem, ResponseItem } from '@prefkit/rubrics'
import type { CallOptions } from '../../chat-model'
import type { PairJudgement, ScoreJudgement, ScoringJudge } from '../../judge'

const usage = { calls: 2, cachedCalls: 0, promptTokens: 30, completionTokens: 2 }

const abstention = (reason: string): PairJudgement => ({
  verdict: 'abstained',
  provenance: 'parsed',
  readings: [{ provenance: 'parsed', text: 'Hm.', reason }],
  usage,
  reason,
})

function compareLengths(pair: PairItem): PairJudgement {
  if (`${pair.a}${pair.b}`.includes('?')) return abstention('a response asks')
  const winProbability = pair.a.length / (pair.a.length + pair.b.length)
  const verdict = winProbability === 0.5 ? 'tie' : winProbability > 0.5 ? 'a' : 'b'
  return { verdict, winProbability, provenance: 'scores', readings: [], usage }
}

function scoreLength({ response }: ResponseItem): ScoreJudgement {
  if (response.includes('?'))
    return {
      readings: [{ provenance: 'parsed', text: 'Hm.', parse: 'missing', reason: 'the text has no score' }],
      provenance: 'parsed',
      usage,
    }
  const score = response.length
  const reading = { provenance: 'parsed', score, text: `It has ${score} letters.`, parse: 'exact' } as const
  return { score, readings: [reading], provenance: 'parsed', usage }
}

/** What a judge was asked: the items, in order. */
export interface Asked {
  readonly pairs: PairItem[]
  readonly responses: ResponseItem[]
  readonly options: (CallOptions | undefined)[]
}

/**
 * A judge by length that writes down what it was asked: a response's score is its number of letters, and of two
 * responses each wins by its share of the letters. It has no answer where a response has a question mark.
 */
export function lengthJudge(): ScoringJudge & { readonly asked: Asked } {
  const asked: Asked = { pairs: [], responses: [], options: [] }
  return {
    name: 'length',
    identity: { kind: 'length' },
    asked,
    compare: async (pair, options) => {
      asked.pairs.push(pair)
      asked.options.push(options)
      return compareLengths(pair)
    },
    score: async (response, options) => {
      asked.responses.push(response)
      asked.options.push(options)
      return scoreLength(response)
    },
  }
}
