/** The runnable example of a README. */
export interface ReadmeExample {
  code: string
  /** What it prints. */
  output: string
}

const blocks = /^```(\w*)[^\n]*\n([\s\S]*?)^```\s*$/gm

/** The first ```ts block of a README and the ```text block right after it; throws when either is missing. */
export function readmeExample(readme: string): ReadmeExample {
  const found = [...readme.matchAll(blocks)].map(([, language, text]) => ({ language, text: text as string }))
  const first = found.findIndex(({ language }) => language === 'ts')
  const code = found[first]
  const output = found[first + 1]
  if (!code) throw new Error('README.md has no ```ts example')
  if (output?.language !== 'text')
    throw new Error('README.md: the first ```ts example must be followed by its output in a ```text block')
  return { code: code.text, output: output.text }
}

/** Output with line endings and trailing blanks made equal, so that only what a reader sees is compared. */
export function normalizeOutput(output: string): string {
  return output
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .trim()
}
