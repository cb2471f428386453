import { expect, test } from 'vitest'
import { normalizeOutput, readmeExample } from './consumer-example.ts'

const fence = '```'
const block = (language: string, text: string) => `${fence}${language}\n${text}\n${fence}\n`

test('takes the first ts block and the text block after it', () => {
  const readme = `# a\n\n${block('sh', 'npm i a')}\nUse:\n\n${block('ts', 'console.log(1)')}\nprints\n\n${block('text', '1')}\n${block('ts', 'other()')}`
  expect(readmeExample(readme)).toEqual({ code: 'console.log(1)\n', output: '1\n' })
})

test('an example without its output, or no example, is refused', () => {
  expect(() => readmeExample(block('ts', 'a()') + block('ts', 'b()') + block('text', '1'))).toThrow(
    'text block',
  )
  expect(() => readmeExample('# nothing')).toThrow('no ```ts example')
})

test('ignores trailing blanks and line endings, nothing else', () => {
  expect(normalizeOutput('a  \r\nb\n\n')).toBe('a\nb')
  expect(normalizeOutput('a  b')).not.toBe('a b')
})
