import { contextLength } from '@prefkit/lm'
import {
  type Conversation,
  pointwiseFormat,
  type Rubric,
  type ScoreFormat,
  taskFamilies,
} from '@prefkit/rubrics'
import { type Encoding, encodePrompt } from '../../../lm/encode-prompt'
import { PrefkitError } from '../../../prefkit-error'
import { type JudgeForm, type ShortScoreFormat, shortScoreFormat } from '../../algorithms/par-form'
import { chosen } from '../../choices/named-choice'
import type { PromptedResponse } from '../../rewards/scorers'
import { fitTexts } from '../../scorers/fit-texts'
import type { RunConfig } from '../config/run-config'
import type { Trainee } from './open-trainee'

/** What of a judge's settings decides how it is asked. */
export type JudgeFormSettings = Pick<NonNullable<RunConfig['judge']>, 'template' | 'rubrics' | 'family'>

/** Criteria that the judge writes itself, as in 2510.24235. */
const generated = { min: 1, max: 3 }

const shows = ({ rubrics }: JudgeFormSettings, kind: 'primary' | 'generated'): boolean =>
  rubrics === kind || rubrics === 'both'

const familyOf = ({ family = 'chat' }: JudgeFormSettings) => chosen('judge.family', family, taskFamilies)

function shortFormat(settings: JudgeFormSettings): ShortScoreFormat {
  if (shows(settings, 'generated')) {
    const problem = `a short answer has no room for criteria: expected primary or none, got ${settings.rubrics}`
    throw new PrefkitError('INVALID_CONFIG', `judge.rubrics: ${problem}`)
  }
  const rubrics: readonly Rubric[] = shows(settings, 'primary') ? [familyOf(settings).primary] : []
  return shortScoreFormat({ rubrics })
}

const reasonedFormat = (settings: JudgeFormSettings): ScoreFormat =>
  pointwiseFormat({
    family: familyOf(settings),
    primary: shows(settings, 'primary'),
    generate: shows(settings, 'generated') ? generated : false,
  })

/** How a judge writes what it is asked, and how much of it it can read. */
export interface JudgeReading {
  readonly encoding: Encoding
  /** Tokens of a question: prompt and response of longer ones lose their middles, the longer first. Default: none does. */
  readonly maxTokens?: number
}

/** A form whose questions are made to fit. */
export interface FittingForm extends JudgeForm {
  /** Whether the texts of a question are shortened, as the judge could not read all of them. */
  readonly shortens: (asked: PromptedResponse) => boolean
}

/** Text as it is; messages are one text to a judge. */
const textOf = (prompt: Conversation): string =>
  typeof prompt === 'string' ? prompt : prompt.map(({ content }) => content).join('\n')

/** How a model is asked, and how its answers are read. */
function formOf<Format extends ScoreFormat>(
  { encoding, maxTokens = Number.POSITIVE_INFINITY }: JudgeReading,
  format: Format,
): FittingForm & { readonly format: Format } {
  const { tokenizer, chatTemplate } = encoding
  const { eos } = tokenizer.specialTokens
  const encode: JudgeForm['encode'] = (messages) => {
    const asked = messages.map(({ role, content }) => ({ role, content }))
    return encodePrompt(encoding, chatTemplate ? asked : asked.map(({ content }) => content).join('\n\n'))
  }
  const lengthOf = ([prompt = '', response = '']: readonly string[]): number =>
    encode(format.render({ prompt, response })).length
  const render: ScoreFormat['render'] = (item) => {
    const texts = [textOf(item.prompt), textOf(item.response)]
    const [prompt, response] = fitTexts(texts, { tokenizer, lengthOf, maxTokens })
    const isWhole = prompt === texts[0] && response === texts[1]
    return format.render(isWhole ? item : { ...item, prompt: prompt!, response: response! })
  }
  return {
    format: { ...format, render },
    encode,
    encodeAnswer: (text) => [
      ...tokenizer.encode(text, { addSpecialTokens: false }),
      ...(eos ? [eos.id] : []),
    ],
    shortens: ({ prompt, response }) => lengthOf([prompt.text, response.text]) > maxTokens,
  }
}

/** The form of a judge that tells a score alone, which says its answers; undefined for one that gives reasons. */
export const shortForm = (reading: JudgeReading, settings: JudgeFormSettings) =>
  settings.template === 'short' ? formOf(reading, shortFormat(settings)) : undefined

/** The form of a judge. @throws PrefkitError `INVALID_CONFIG` for criteria that a short answer has no room for, or an unknown family. */
export const judgeForm = (reading: JudgeReading, settings: JudgeFormSettings): FittingForm =>
  shortForm(reading, settings) ?? formOf(reading, reasonedFormat(settings))

/** What a judge of so many tokens of context reads before it answers. */
export const judgeReading = (
  { encoding, model }: Pick<Trainee, 'encoding' | 'model'>,
  maxNewTokens: number,
): JudgeReading => ({ encoding, maxTokens: contextLength(model.config) - maxNewTokens })

/** Checks the form alone. @throws PrefkitError `INVALID_CONFIG`. */
export const requireJudgeForm = (settings: JudgeFormSettings): void =>
  void (settings.template === 'short' ? shortFormat(settings) : reasonedFormat(settings))
