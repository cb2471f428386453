import { LmError } from '../lm-error'
import { asItIs, type LanguageModel, logProbOf } from '../running/language-model'
import { requireList, requireTokenIds } from '../running/require-token-ids'
import { runInPasses } from '../running/run-in-passes'
import { padRows } from '../running/token-rows'
import { logSumExpOf } from './log-sum-exp'
import {
  batchesByLength,
  requirePrompt,
  requireRoom,
  type ScoringOptions,
  type ScoringSettings,
  scoringSettings,
} from './scoring-options'

/** Calls `read` with ln p of every token after each prompt, [vocabulary], in whatever order they are computed. */
async function readNext(
  model: LanguageModel,
  prompts: readonly ArrayLike<number>[],
  settings: ScoringSettings,
  read: (prompt: number, logProbs: Float32Array) => void,
): Promise<void> {
  requireList('prompts', prompts)
  prompts.forEach((prompt, i) => {
    requirePrompt(model, `prompts[${i}]`, prompt)
    requireRoom(model, `prompts[${i}]`, prompt.length)
  })
  const lengths = prompts.map(({ length }) => length)
  const { vocabSize } = model.config
  const { passTokens, signal, progress } = settings
  const runner = asItIs(model)
  let done = 0
  for (const indices of batchesByLength(lengths, passTokens)) {
    const batch = padRows(indices.map((i) => prompts[i]!))
    const at = indices.map((i, row) => row * batch.length + prompts[i]!.length - 1)
    const { logits, logNormalizers } = await runInPasses(runner, { batch, at }, settings)
    signal?.throwIfAborted()
    indices.forEach((i, row) => {
      const own = logits.subarray(row * vocabSize, (row + 1) * vocabSize)
      read(
        i,
        own.map((logit) => logProbOf(logit, logNormalizers, row)),
      )
    })
    done += indices.length
    progress(done, prompts.length)
  }
}

/**
 * Log-probabilities of every token of the vocabulary after prompts, [vocabulary] each, in order.
 * @param prompts token ids, at least one token each.
 * @throws LmError `EMPTY_INPUT`, `CONTEXT_TOO_LONG`, `UNKNOWN_TOKEN`, `INVALID_OPTION`; the reason of `signal`.
 */
export async function nextTokenLogProbs(
  model: LanguageModel,
  prompts: readonly ArrayLike<number>[],
  options: ScoringOptions = {},
): Promise<Float32Array[]> {
  const settings = scoringSettings('nextTokenLogProbs', options)
  const results: Float32Array[] = []
  await readNext(model, prompts, settings, (i, logProbs) => {
    results[i] = logProbs
  })
  return results
}

/** Two answers of one token, by the tokens that spell each; see `tokenVariants`. */
export interface YesNoTokens {
  readonly yes: readonly number[]
  readonly no: readonly number[]
}

/** How probable two answers are. */
export interface YesNoProbabilities {
  /** P(yes), summed over its tokens. */
  readonly yes: number
  /** P(no), summed over its tokens. */
  readonly no: number
  /** P(yes) / (P(yes) + P(no)). */
  readonly normalized: number
  /** ln P(yes) − ln P(no): exact also where both are too small for numbers. */
  readonly logOdds: number
}

function requireAnswers(vocabSize: number, answers: YesNoTokens): void {
  for (const answer of ['yes', 'no'] as const) {
    const ids = answers[answer]
    requireTokenIds(answer, ids, vocabSize)
    if (ids.length > 0) continue
    throw new LmError('EMPTY_INPUT', `${answer}: expected at least one token id, got none`)
  }
  const shared = answers.yes.find((id) => answers.no.includes(id))
  if (shared === undefined) return
  throw new LmError('INVALID_OPTION', `token ${shared} is among yes and no: one answer would be the other`)
}

/**
 * P(yes) and P(no) of the next token after prompts, each summed over the tokens that spell it.
 * @param prompts token ids, at least one token each.
 * @param answers token ids of each answer; an id that is named twice counts once.
 * @throws LmError `EMPTY_INPUT`, `CONTEXT_TOO_LONG`, `UNKNOWN_TOKEN`, `INVALID_OPTION`; the reason of `signal`.
 */
export async function nextTokenProbabilities(
  model: LanguageModel,
  prompts: readonly ArrayLike<number>[],
  answers: YesNoTokens,
  options: ScoringOptions = {},
): Promise<YesNoProbabilities[]> {
  const settings = scoringSettings('nextTokenProbabilities', options)
  requireAnswers(model.config.vocabSize, answers)
  const results: YesNoProbabilities[] = []
  await readNext(model, prompts, settings, (i, logProbs) => {
    const [yes, no] = [answers.yes, answers.no].map((ids) =>
      logSumExpOf([...new Set(ids)].map((id) => logProbs[id]!)),
    ) as [number, number] // as many as there are answers
    const logOdds = yes - no
    const normalized = 1 / (1 + Math.exp(-logOdds))
    results[i] = { yes: Math.exp(yes), no: Math.exp(no), normalized, logOdds }
  })
  return results
}
