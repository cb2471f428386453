const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/**
 * The first key that an object in this valid JSON text has twice. `JSON.parse` keeps the last and says nothing.
 */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [text] of json.matchAll(token)) {
    if (text === '{') open.push(new Set())
    else if (text === '[') open.push(undefined)
    else if (text === '}' || text === ']') open.pop()
    else if (text === ':') {
      const key = JSON.parse(last) as string
      const keys = open.at(-1)!
      if (keys.has(key)) return key
      keys.add(key)
    }
    last = text
  }
  return undefined
}
