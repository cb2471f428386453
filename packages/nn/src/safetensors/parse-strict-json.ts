const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/**
 * `JSON.parse`, but an object that has a key twice is refused instead of keeping the last, and keys with escapes are
 * read as they are written: V8's `JSON.parse` may take `"\""` for an earlier object's `"\\"` (nodejs/node#63785).
 * @throws SyntaxError for text that is no JSON, or has a key twice.
 */
export function parseStrictJson(text: string): unknown {
  // Whether it is JSON at all; what follows relies on it.
  JSON.parse(text)
  return rebuild(JSON.parse(keysAsValues(text)))
}

/** The same JSON with each object as `{"of":[[key,value],…]}`. */
function keysAsValues(json: string): string {
  const open: string[] = []
  const inObject = () => open.at(-1) === '{'
  return json.replace(token, (text) => {
    switch (text) {
      case '{':
        open.push(text)
        return '{"of":[['
      case '[':
        open.push(text)
        return text
      case ',':
        return inObject() ? '],[' : text
      case ':':
        return ','
      case '}':
        open.pop()
        return ']]}'
      case ']':
        open.pop()
        return text
      default:
        return text
    }
  })
}

function rebuild(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rebuild)
  if (typeof value !== 'object' || value === null) return value
  const entries = (value as { of: [string, unknown][] }).of.filter(({ length }) => length > 0)
  const seen = new Set<string>()
  for (const [key] of entries) {
    if (seen.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key)} is there twice`)
    seen.add(key)
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, rebuild(inner)]))
}
