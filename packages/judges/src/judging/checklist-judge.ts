import type { ChecklistAnswer, ChecklistFormat, ChecklistItem, Parsed } from '@prefkit/rubrics'
import type { CallOptions, ChatModel } from '../chat-model'
import { checkOptions, type OptionNames } from '../check-options'
import type { Provenance } from '../judge'
import type { Usage } from '../usage'
import { sumUsages } from '../usage'
import { askVotes, checkVoting, type VotingOptions, valueOf, votingIdentity, votingNames } from './ask-votes'

/** Options of {@link checklistJudge}. */
export interface ChecklistJudgeOptions extends VotingOptions {
  /** Names the judge in reports. Default: the model's and the format's names. */
  name?: string
}

/** What a judge says of the questions about a response. */
export interface ChecklistJudgement {
  /** Share of votes that each question is satisfied, in [0, 1]; absent where no vote could be read. */
  readonly satisfied?: readonly number[]
  /** Mean of `satisfied`: InFoBench's share of the requirements that are met (2401.03601); absent with it. */
  readonly ratio?: number
  /** What each vote says, with its text. */
  readonly readings: readonly { readonly text: string; readonly parsed: Parsed<ChecklistAnswer> }[]
  readonly provenance: Provenance
  readonly usage: Usage
}

/** Answers yes/no questions about a response. */
export interface ChecklistJudge {
  /** Names the judge in reports. */
  readonly name: string
  /** What tells its judgements from those of others: plain JSON, and no secrets. */
  readonly identity: Readonly<Record<string, unknown>>
  readonly check: (item: ChecklistItem, options?: CallOptions) => Promise<ChecklistJudgement>
}

const names: OptionNames<ChecklistJudgeOptions> = { ...votingNames, name: true }

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

/**
 * A judge that answers yes/no questions about one response, `votes` times, such as whether each requirement of an
 * instruction is met. A vote that does not answer every question is none, and stays in the readings.
 *
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`. `check` rejects with what the model or the format throws.
 */
export function checklistJudge(
  model: ChatModel,
  format: ChecklistFormat,
  options: ChecklistJudgeOptions = {},
): ChecklistJudge {
  checkOptions('checklistJudge', options, names)
  checkVoting(options)
  return {
    name: options.name ?? `${model.name}, ${format.name}`,
    identity: {
      judge: 'checklist',
      model: model.identity,
      format: format.name,
      ...votingIdentity(options),
    },
    async check(item, call) {
      const votes = await askVotes(model, format, item, options, call)
      const answers = votes.flatMap(({ parsed }) => valueOf(parsed) ?? [])
      const satisfied = item.questions.map((_, i) => mean(answers.map((x) => (x.satisfied[i] ? 1 : 0))))
      return {
        ...(answers.length > 0 && satisfied.length > 0 ? { satisfied, ratio: mean(satisfied) } : {}),
        readings: votes.map(({ text, parsed }) => ({ text, parsed })),
        provenance: 'parsed',
        usage: sumUsages(votes.map(({ usage }) => usage)),
      }
    },
  }
}
