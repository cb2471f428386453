import { expressionError } from './expression-error'
import { expressionConstants, expressionFunctions } from './expression-functions'

/** Longest expression, in characters, and deepest nesting of parentheses: the parser recurses. */
const LONGEST = 500
const DEEPEST = 30

const tokenPattern =
  /[ \t]+|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|[-+*/^(),]/y

const list = (names: readonly string[]) => names.join(', ')

/** What is wrong with a name, if anything: it is a number where one is expected, a function where one is called. */
function nameMistake(name: string, called: boolean, numbers: readonly string[]): string | undefined {
  const isFunction = Object.hasOwn(expressionFunctions, name)
  const isNumber = numbers.includes(name)
  if (isFunction && !called) return `${name} is a function; write ${name}(…)`
  if (isNumber && called) return `${name} is a number, not a function; write ${name}*(…)`
  if (isFunction || isNumber) return undefined
  const functions = list(Object.keys(expressionFunctions))
  return called
    ? `unknown function ${name}; allowed are ${functions}`
    : `unknown name ${name}; allowed are ${list(numbers)}, and the functions ${functions}`
}

/** A function that is called in the source, and the character, from 1, at which its name begins. */
export interface Call {
  readonly name: string
  readonly character: number
}

/**
 * Throws `INVALID_EXPRESSION`, with the place, for whatever an expression may not contain: only numbers, names that are
 * known, + − * / ^, commas and parentheses get as far as the parser.
 *
 * @param variables names that stand for numbers, besides the constants.
 * @returns all calls of functions, in the order of the source; the parser does not keep their places.
 */
export function checkTokens(source: string, variables: readonly string[]): Call[] {
  if (source.trim() === '') throw expressionError(source, 1, 'it is empty')
  if (source.length > LONGEST) {
    throw expressionError(source, LONGEST + 1, `it has ${source.length} characters; at most ${LONGEST}`)
  }
  const numbers = [...variables, ...Object.keys(expressionConstants)]
  const calls: Call[] = []
  let depth = 0
  for (let place = 0; place < source.length; ) {
    tokenPattern.lastIndex = place
    const token = tokenPattern.exec(source)
    if (token === null) {
      const character = String.fromCodePoint(source.codePointAt(place)!)
      const allowed = 'numbers, names, + - * / ^ , ( and )'
      throw expressionError(
        source,
        place + 1,
        `${JSON.stringify(character)} is not allowed; only ${allowed} are`,
      )
    }
    const [text] = token
    depth += Number(text === '(') - Number(text === ')')
    if (depth > DEEPEST) throw expressionError(source, place + 1, `more than ${DEEPEST} nested parentheses`)
    const name = token.groups?.name
    const called = /^\s*\(/.test(source.slice(place + text.length))
    const mistake = name === undefined ? undefined : nameMistake(name, called, numbers)
    if (mistake !== undefined) throw expressionError(source, place + 1, mistake)
    if (name !== undefined && called) calls.push({ name, character: place + 1 })
    place += text.length
  }
  return calls
}
