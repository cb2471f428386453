import { dirname, relative } from 'node:path'
import ts from 'typescript'
import { readOptions } from './docs-coverage.ts'

/** The option `convention` of a function. */
export interface ConventionOption {
  /** The names that its type allows. */
  names: string[]
  /** The one that its docstring says is the default. */
  preset: string | undefined
  /** What they mean: its docstring, or that of its type where that does not name them. */
  meaning: string
}

/** A function that a package exports. */
export interface PublicFunction {
  name: string
  /** Other names that it is exported under. */
  aliases: string[]
  /** Its folder under the entry's; empty for that itself. */
  folder: string
  /** Its docstring without tags. */
  doc: string
  convention?: ConventionOption
}

/** What an entry exports, as far as papers and conventions go. */
export interface PublicFunctions {
  functions: PublicFunction[]
  /** The exported const `conventions`: names of each function, its default first. Empty where there is none. */
  registry: Record<string, string[]>
  /** What its docstring says after the first paragraph: which defaults it has, and why. */
  defaults: string
}

/** The text of a docstring; links become code. */
const docOf = (symbol: ts.Symbol, checker: ts.TypeChecker): string =>
  ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replace(/\{@link (\S+?)\s*\}/g, '`$1`')
    .trim()

const resolved = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol

const literalsOf = (type: ts.Type): string[] =>
  (type.isUnion() ? type.types : [type]).flatMap((part) => (part.isStringLiteral() ? [part.value] : []))

/** The docstring of the named type of an option; `Convention<…>` of the registry says nothing of its own. */
function typeDoc(option: ts.Symbol, checker: ts.TypeChecker): string {
  const declaration = option.valueDeclaration
  if (!declaration || !ts.isPropertySignature(declaration)) return ''
  const { type } = declaration
  if (!type || !ts.isTypeReferenceNode(type) || type.typeName.getText() === 'Convention') return ''
  const symbol = checker.getSymbolAtLocation(type.typeName)
  return symbol ? docOf(resolved(symbol, checker), checker) : ''
}

const DEFAULT = /Default: `([^`]+)`\./

function conventionOf(signature: ts.Signature, checker: ts.TypeChecker): ConventionOption | undefined {
  const options = signature.parameters.map((parameter) => checker.getTypeOfSymbol(parameter))
  const option = options.map((type) => type.getProperty('convention')).find((property) => property)
  if (!option) return undefined
  const names = literalsOf(checker.getNonNullableType(checker.getTypeOfSymbol(option)))
  const own = docOf(option, checker).replace(/\s+/g, ' ')
  const rest = own.replace(DEFAULT, '').trim()
  const explains = names.some((name) => rest.includes(`\`${name}\``))
  const ofType = typeDoc(option, checker).replace(/\s+/g, ' ')
  const meaning = explains || ofType === '' ? rest : ofType
  return { names, preset: DEFAULT.exec(own)?.[1], meaning }
}

/** The names of each function of a const registry of tuples of strings. */
function registryOf(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): Record<string, string[]> {
  if (!symbol) return {}
  return Object.fromEntries(
    checker
      .getTypeOfSymbol(symbol)
      .getProperties()
      .map((property) => {
        const tuple = checker.getTypeOfSymbol(property) as ts.TypeReference
        return [property.name, checker.getTypeArguments(tuple).flatMap(literalsOf)]
      }),
  )
}

/** Reads the functions that an entry exports, in the order of their folders and names. */
export function publicFunctions(entry: string, configFile: string): PublicFunctions {
  const program = ts.createProgram([entry], readOptions(configFile))
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(entry)
  if (!source) throw new Error(`${entry} does not exist`)
  const module = checker.getSymbolAtLocation(source)
  const exported = module ? checker.getExportsOfModule(module) : []
  const namesOf = new Map<ts.Symbol, string[]>()
  for (const symbol of exported) {
    const target = resolved(symbol, checker)
    namesOf.set(target, [...(namesOf.get(target) ?? []), symbol.name])
  }
  const functions = [...namesOf].flatMap(([target, names]): PublicFunction[] => {
    const declaration = target.valueDeclaration
    const [signature] = declaration ? checker.getTypeOfSymbol(target).getCallSignatures() : []
    if (!declaration || !signature) return []
    const name = names.includes(target.name) ? target.name : names[0]!
    const convention = conventionOf(signature, checker)
    return [
      {
        name,
        aliases: names.filter((other) => other !== name),
        folder: relative(dirname(entry), dirname(declaration.getSourceFile().fileName)).replaceAll('\\', '/'),
        doc: docOf(target, checker),
        ...(convention && { convention }),
      },
    ]
  })
  const key = ({ folder, name }: PublicFunction) => `${folder}/${name}`
  functions.sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const conventions = exported.find(({ name }) => name === 'conventions')
  const registry = conventions && resolved(conventions, checker)
  const [, ...defaults] = registry ? docOf(registry, checker).split('\n\n') : []
  return { functions, registry: registryOf(registry, checker), defaults: defaults.join('\n\n') }
}
