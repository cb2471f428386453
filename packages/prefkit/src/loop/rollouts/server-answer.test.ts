import { describe, expect, it } from 'vitest'
import { readCompletion, readGenerate } from './server-answer'

const usage = { completion_tokens: 2, prompt_tokens: 3, total_tokens: 5 }

/** As llama.cpp's server (0.6.0-dev) answered; the texts of other answers are by the definitions of the programs. */
const llamaCpp = {
  choices: [
    {
      text: ' a natural',
      index: 0,
      logprobs: {
        content: [
          {
            ...{ id: 253, token: ' a', bytes: [32, 97], logprob: -1.6425648927688599 },
            top_logprobs: [{ id: 253, token: ' a', bytes: [32, 97], logprob: -1.6425648927688599 }],
          },
          {
            ...{ id: 1782, token: ' natural', bytes: [32, 110], logprob: -4.713892936706543 },
            top_logprobs: [{ id: 1517, token: ' function', bytes: [32, 102], logprob: -2.963712453842163 }],
          },
        ],
      },
      finish_reason: 'length',
    },
  ],
  ...{ model: 'smollm2', object: 'text_completion', usage },
}

const llamaCppSampled = {
  choices: [
    {
      ...{ text: ' a', index: 0, finish_reason: 'stop' },
      logprobs: {
        content: [
          { id: 253, token: ' a', bytes: [32, 97], prob: 0.48056095838546753, top_probs: [] },
          { id: 2, token: '', bytes: [], prob: 0.25, top_probs: [] },
        ],
      },
    },
  ],
  usage,
}

const vllm = (more: object, tokens = [' a', ' natural']) => ({
  choices: [
    {
      ...{ index: 0, text: ' a natural', finish_reason: 'length', stop_reason: null },
      logprobs: { text_offset: [0, 2], token_logprobs: [-1.5, -4.25], tokens, top_logprobs: [{}, {}] },
      ...more,
    },
  ],
  usage,
})

describe('readCompletion', () => {
  it('reads llama.cpp, before samplers and after them', () => {
    expect(readCompletion('here', llamaCpp)).toEqual({
      ...{ text: ' a natural', finishReason: 'length', processed: false, count: 2 },
      ...{
        logProbs: [-1.6425648927688599, -4.713892936706543],
        ids: [253, 1782],
        pieces: [' a', ' natural'],
      },
    })
    expect(readCompletion('here', llamaCppSampled)).toMatchObject({
      ...{ processed: true, finishReason: 'stop', ids: [253, 2] },
      logProbs: [Math.log(0.48056095838546753), Math.log(0.25)],
    })
  })

  it('reads vLLM with ids of either kind, and others with texts', () => {
    const told = { text: ' a natural', logProbs: [-1.5, -4.25], processed: false, count: 2 }
    expect(readCompletion('here', vllm({ token_ids: [5, 6] }))).toMatchObject({ ...told, ids: [5, 6] })
    const asIds = readCompletion('here', vllm({}, ['token_id:7', 'token_id:8']))
    expect(asIds).toMatchObject({ ...told, ids: [7, 8] })
    const asTexts = readCompletion('here', vllm({}))
    expect(asTexts).toMatchObject({ ...told, pieces: [' a', ' natural'] })
    expect(asTexts.ids).toBeUndefined()
  })

  it.each([
    ['no completion', { error: 'no' }, 'here: choices[0].text is nothing; expected a text'],
    [
      'no log-probabilities',
      vllm({ logprobs: null }),
      'choices[0].logprobs is null; expected the log-probability',
    ],
    [
      'a probability of 0',
      vllm({ logprobs: { tokens: ['a'], token_logprobs: [-9999] } }),
      'expected the log-prob',
    ],
    [
      'no number',
      vllm({ logprobs: { content: [{ token: 'a', logprob: null }] } }),
      'this server cannot draw',
    ],
    [
      'another end',
      vllm({ finish_reason: 'abort' }),
      'a response ended with "abort"; expected stop or length',
    ],
  ])('refuses %s', (_, answer, message) => {
    expect(() => readCompletion('here', answer)).toThrow(message)
  })
})

describe('readGenerate', () => {
  const answer = {
    text: ' a natural',
    output_ids: [5, 6],
    meta_info: {
      finish_reason: { type: 'length', length: 2 },
      output_token_logprobs: [
        [-1.5, 5, null],
        [-4.25, 6, null],
      ],
    },
  }

  it('reads SGLang', () => {
    expect(readGenerate('here', answer)).toEqual({
      ...{
        text: ' a natural',
        finishReason: 'length',
        processed: false,
        logProbs: [-1.5, -4.25],
        ids: [5, 6],
      },
    })
  })

  it('says what is missing', () => {
    const without = { ...answer, meta_info: { finish_reason: { type: 'stop' } } }
    expect(() => readGenerate('here', without)).toThrow(
      'meta_info.output_token_logprobs is nothing; expected [log',
    )
    expect(() => readGenerate('here', {})).toThrow('here: text is nothing; expected a text')
  })
})
