import { formatValue } from '../check-options'
import { checkFlag } from '../formats/check-choice'
import type { ParseContext } from '../judge-format'
import { RubricError } from '../rubric-error'
import type { ScoreScale } from './read-score'

/** Throws `OUT_OF_RANGE` unless the scale has two finite ends, the lower one first. */
export function checkScale(scale: ScoreScale): void {
  const given: Partial<ScoreScale> | null | undefined = scale
  const { min, max } = given ?? {}
  if (Number.isFinite(min) && Number.isFinite(max) && min! < max!) return
  const message = `scale is ${formatValue(min)} to ${formatValue(max)}; expected finite numbers, min below max`
  throw new RubricError('OUT_OF_RANGE', 'scale', message)
}

/** Throws `INVALID_OPTION` unless `tag` is a name that a tag can have. */
export function checkTag(tag: string): void {
  if (typeof tag === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(tag)) return
  const message = `tag is ${formatValue(tag)}; expected a name without brackets, such as answer`
  throw new RubricError('INVALID_OPTION', 'tag', message)
}

/** Throws `INVALID_OPTION` unless what is known of a text is true or false. */
export function checkContext({ cutOff }: ParseContext): void {
  if (cutOff !== undefined) checkFlag('cutOff', cutOff)
}

/** Throws `INVALID_OPTION` unless `labels` are strings with something in them, each once, in any case. */
export function checkLabels(parameter: string, labels: readonly string[]): void {
  const given: unknown = labels
  if (!Array.isArray(given)) {
    const message = `${parameter} is ${formatValue(given)}; expected a list of texts`
    throw new RubricError('INVALID_OPTION', parameter, message)
  }
  const known = new Set<string>()
  const wrong = labels.findIndex((label) => {
    const bare = typeof label === 'string' ? label.trim().toLowerCase() : ''
    const isWrong = bare === '' || known.has(bare)
    known.add(bare)
    return isWrong
  })
  if (wrong === -1) return
  const found = `${parameter} has ${formatValue(labels[wrong])} as number ${wrong}`
  const message = `${found}; expected texts, each once whatever its case`
  throw new RubricError('INVALID_OPTION', parameter, message)
}

/** Throws `INVALID_OPTION` unless `sentence` has a place for a label. */
export function checkSentence(sentence: string): void {
  if (typeof sentence === 'string' && sentence.includes('{label}')) return
  const message = `sentence is ${formatValue(sentence)}; expected one with {label} in it`
  throw new RubricError('INVALID_OPTION', 'sentence', message)
}

/** Throws `INVALID_OPTION` where an answer was asked for in more than one place: which counts would be a guess. */
export function checkPlaces(places: Readonly<Record<string, boolean>>): void {
  const asked = Object.keys(places).filter((place) => places[place])
  if (asked.length < 2) return
  const message = `${asked.join(' and ')} are given; expected one of ${Object.keys(places).join(', ')}`
  throw new RubricError('INVALID_OPTION', asked[1]!, message)
}
