import { pointwiseFormat, type Rubric, type ScoreFormat, taskFamilies } from '@prefkit/rubrics'
import { type Encoding, encodePrompt } from '../../../lm/encode-prompt'
import { PrefkitError } from '../../../prefkit-error'
import { type JudgeForm, type ShortScoreFormat, shortScoreFormat } from '../../algorithms/par-form'
import { chosen } from '../../choices/named-choice'
import type { RunConfig } from '../config/run-config'

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

/** How a model is asked, and how its answers are read. */
function formOf<Format extends ScoreFormat>(
  encoding: Encoding,
  format: Format,
): JudgeForm & { readonly format: Format } {
  const { tokenizer, chatTemplate } = encoding
  const { eos } = tokenizer.specialTokens
  return {
    format,
    encode: (messages) => {
      const asked = messages.map(({ role, content }) => ({ role, content }))
      return encodePrompt(encoding, chatTemplate ? asked : asked.map(({ content }) => content).join('\n\n'))
    },
    encodeAnswer: (text) => [
      ...tokenizer.encode(text, { addSpecialTokens: false }),
      ...(eos ? [eos.id] : []),
    ],
  }
}

/** The form of a judge that tells a score alone, which says its answers; undefined for one that gives reasons. */
export const shortForm = (encoding: Encoding, settings: JudgeFormSettings) =>
  settings.template === 'short' ? formOf(encoding, shortFormat(settings)) : undefined

/** The form of a judge. @throws PrefkitError `INVALID_CONFIG` for criteria that a short answer has no room for, or an unknown family. */
export const judgeForm = (encoding: Encoding, settings: JudgeFormSettings): JudgeForm =>
  shortForm(encoding, settings) ?? formOf(encoding, reasonedFormat(settings))
