import ts from 'typescript'

/** How much of an entry's public surface has a docstring. */
export interface Coverage {
  total: number
  /** Names without a docstring, as `name (file:line)`. */
  missing: string[]
}

/** Compiler options for reading sources of this workspace, from the tsconfig.json in `directory`. */
export function readOptions(configFile: string): ts.CompilerOptions {
  const { config, error } = ts.readConfigFile(configFile, ts.sys.readFile)
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  return ts.parseJsonConfigFileContent(config, ts.sys, configFile.replace(/[^/\\]+$/, '')).options
}

const hasText = (symbol: ts.Symbol, checker: ts.TypeChecker): boolean =>
  symbol.getDocumentationComment(checker).some(({ text }) => text.trim() !== '')

function place(symbol: ts.Symbol): string {
  const declaration = symbol.declarations?.[0]
  if (!declaration) return symbol.name
  const file = declaration.getSourceFile()
  const { line } = file.getLineAndCharacterOfPosition(declaration.getStart())
  return `${symbol.name} (${file.fileName}:${line + 1})`
}

/** The fields of an exported `…Options` type: each is part of what a caller must know. */
function optionFields(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  if (
    !symbol.name.endsWith('Options') ||
    !(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias))
  )
    return []
  return checker.getDeclaredTypeOfSymbol(symbol).getProperties()
}

/**
 * Counts what an entry exports, and each field of its options types, with and without a docstring.
 * A namespace re-export counts as documented: its members are counted in their own package.
 */
export function docsCoverage(entry: string, configFile: string): Coverage {
  const program = ts.createProgram([entry], readOptions(configFile))
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(entry)
  if (!source) throw new Error(`${entry} does not exist`)
  const module = checker.getSymbolAtLocation(source)
  const exported = (module ? checker.getExportsOfModule(module) : []).map((symbol) => ({
    name: symbol.name,
    target: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  }))
  const own = exported.filter(({ target }) => !(target.flags & ts.SymbolFlags.ValueModule))
  const fields = own.flatMap(({ name, target }) =>
    optionFields(target, checker).map((field) => ({ name: `${name}.${field.name}`, target: field })),
  )
  const missing = [...own, ...fields]
    .filter(({ target }) => !hasText(target, checker))
    .map(({ name, target }) => place(target).replace(/^[^ ]+/, name))
  return { total: exported.length + fields.length, missing }
}
