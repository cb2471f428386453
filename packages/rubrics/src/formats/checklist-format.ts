import { checkOptions, formatValue } from '../check-options'
import { checkText } from '../containment/conversation'
import type { ChecklistItem } from '../items'
import type { ChecklistFormat } from '../judge-format'
import { parseChecklist } from '../parsing/parse-checklist'
import { RubricError } from '../rubric-error'
import { type TemplateWith, template } from '../templates/template'
import { FENCE_NOTE } from './fence-note'
import { formatName } from './format-name'
import type { FormatOptions } from './format-options'
import { checkFormat } from './render-prompt'
import { responsePrompt } from './response-prompt'

/** Options of {@link checklistFormat}. */
export interface ChecklistFormatOptions extends FormatOptions {
  /** The prompt, with slots `prompt`, `response`, `questions`, and perhaps others. Default: `checklistTemplate`. */
  readonly template?: TemplateWith<'prompt' | 'response' | 'questions', 'reference' | 'fence'>
}

/** The prompt of `checklistFormat`. */
export const checklistTemplate = /* @__PURE__ */ template(`\
Check one response to a prompt against questions. ${FENCE_NOTE}

{{prompt}}

{{reference}}

{{response}}

Questions about the response:
{{questions}}

Answer yes only where the response does all that the question asks for; a small lapse, or nothing in the \
response that the question could be about, makes it no. Write one line for each question, its number and \
then yes or no, such as "1. yes", and nothing else.`)

/** As many as the parser reads. */
const MOST = 1000

function checkQuestions({ questions }: ChecklistItem): void {
  if (!Array.isArray(questions) || questions.length < 1 || questions.length > MOST) {
    const found = Array.isArray(questions) ? `${questions.length} texts` : formatValue(questions)
    throw new RubricError('INVALID_ITEM', 'questions', `questions is ${found}; expected 1 to ${MOST} texts`)
  }
  for (const [i, question] of questions.entries()) checkText(`questions[${i}]`, question)
}

const numbered = (questions: readonly string[]): string =>
  questions.map((question, i) => `${i + 1}. ${question.replace(/\n/g, '\n   ')}`).join('\n')

/**
 * InFoBench's decomposed questions: yes or no to each question about a response, all in one prompt. The questions are
 * the item's, and taken to be the asker's own: they stand outside the tags.
 *
 * Throws `RubricError` for options, and for an item without questions, or that lacks a reference that is required.
 */
export function checklistFormat(options: ChecklistFormatOptions = {}): ChecklistFormat {
  checkOptions('checklistFormat', options, { name: true, system: true, reference: true, template: true })
  const { template: shape = checklistTemplate } = options
  checkFormat(options, shape, ['prompt', 'response', 'questions'], [])
  return {
    name: formatName('checklist-1', options),
    render: (item) => {
      checkQuestions(item)
      return responsePrompt(options, shape, { questions: numbered(item.questions) }, item)
    },
    parse: (text, item, context) => {
      checkQuestions(item)
      return parseChecklist(text, { count: item.questions.length, ...context })
    },
  }
}
