/** Says each kind of thing about the server once. */
export function warnOnce(warn: (message: string) => void, url: string) {
  const said = new Set<string>()
  return (kind: string, message: string): void => {
    if (said.has(kind)) return
    said.add(kind)
    warn(`MLflow at ${url}: ${message}`)
  }
}
