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

/** A token as the pattern finds it: a number, a name, a sign, or spaces. */
interface Token {
  readonly text: string
  readonly number: string | undefined
  readonly name: string | undefined
  /** Whether a parenthesis follows a name. */
  readonly called: boolean
}

/** The token at `place`; throws for what is none. */
function tokenAt(source: string, place: number): Token {
  tokenPattern.lastIndex = place
  const match = tokenPattern.exec(source)
  if (match === null) {
    const character = String.fromCodePoint(source.codePointAt(place)!)
    const mistake = `${JSON.stringify(character)} is not allowed; only numbers, names, + - * / ^ , ( and ) are`
    throw expressionError(source, place + 1, mistake)
  }
  const [text] = match
  const { number, name } = match.groups!
  return {
    text,
    number,
    name,
    called: name !== undefined && /^\s*\(/.test(source.slice(place + text.length)),
  }
}

const isOperand = ({ number, name }: Token) => number !== undefined || name !== undefined

/** Whether two neighbours would be a product without its sign. */
const lacksSign = (before: Token | undefined, after: Token): boolean =>
  before !== undefined &&
  (before.text === ')' || (isOperand(before) && !before.called)) &&
  (after.text === '(' || isOperand(after))

/**
 * Throws `INVALID_EXPRESSION`, with the place, for whatever an expression may not contain: only numbers, names that are
 * known, + − * / ^, commas and parentheses get as far as the parser, and no product whose sign is left out, for
 * `1/2 x` and `x/2 x` would bind differently.
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
  let before: Token | undefined
  for (let place = 0; place < source.length; ) {
    const token = tokenAt(source, place)
    const { text, name, called } = token
    depth += Number(text === '(') - Number(text === ')')
    if (depth > DEEPEST) throw expressionError(source, place + 1, `more than ${DEEPEST} nested parentheses`)
    const mistake = name === undefined ? undefined : nameMistake(name, called, numbers)
    if (mistake !== undefined) throw expressionError(source, place + 1, mistake)
    if (lacksSign(before, token)) {
      throw expressionError(source, place + 1, `an operator is missing before ${text}, such as *`)
    }
    if (name !== undefined && called) calls.push({ name, character: place + 1 })
    if (text.trim() !== '') before = token
    place += text.length
  }
  return calls
}
