import type { ChecklistAnswer, ChecklistFormat, ChecklistItem } from '@prefkit/rubrics'
import type { CallOptions, ChatModel } from '../chat-model'
import { checkArguments, checkItem, checkTexts } from '../check-arguments'
import { checkOptions, type OptionNames } from '../check-options'
import type { Provenance, Reading } from '../judge'
import { mean } from '../mean'
import type { Usage } from '../usage'
import { sumUsages } from '../usage'
import {
  askVotes,
  checkVoting,
  reasonOf,
  type Vote,
  type VotingOptions,
  valueOf,
  votingIdentity,
  votingNames,
} from './ask-votes'

/** Options of {@link checklistJudge}. */
export interface ChecklistJudgeOptions extends VotingOptions {
  /** Names the judge in reports. Default: the model's and the format's names. */
  readonly name?: string
}

/** One vote on all questions. */
export interface ChecklistReading
  extends Pick<Reading, 'sample' | 'provenance' | 'text' | 'parse' | 'reason'> {
  /** Whether each question is satisfied; absent where the vote could not be read. */
  readonly satisfied?: readonly boolean[]
}

/** What a judge says of the questions about a response. */
export interface ChecklistJudgement {
  /** Share of votes that each question is satisfied, in [0, 1]; absent where no vote could be read. */
  readonly satisfied?: readonly number[]
  /** Mean of `satisfied`: InFoBench's share of the requirements that are met (2401.03601); absent with it. */
  readonly ratio?: number
  /** What each vote says, with its text. */
  readonly readings: readonly ChecklistReading[]
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

function readVote({ sample, text, parsed }: Vote<ChecklistAnswer>, votes: number): ChecklistReading {
  const [answer, reason] = [valueOf(parsed), reasonOf(parsed)]
  return {
    ...(votes > 1 ? { sample } : {}),
    provenance: 'parsed',
    ...(answer ? { satisfied: answer.satisfied } : {}),
    text,
    parse: parsed.status,
    ...(reason === undefined ? {} : { reason }),
  }
}

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
  checkArguments({ model, format })
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
      checkItem('item', item, ['response'])
      checkTexts('item.questions', item.questions)
      const votes = await askVotes(model, format, item, options, call)
      const readings = votes.map((vote) => readVote(vote, votes.length))
      const answers = readings.flatMap((reading) => (reading.satisfied ? [reading.satisfied] : []))
      const satisfied = item.questions.map((_, i) => mean(answers.map((answer) => (answer[i] ? 1 : 0))))
      return {
        ...(answers.length > 0 && satisfied.length > 0 ? { satisfied, ratio: mean(satisfied) } : {}),
        readings,
        provenance: 'parsed',
        usage: sumUsages(votes.map(({ usage }) => usage)),
      }
    },
  }
}
