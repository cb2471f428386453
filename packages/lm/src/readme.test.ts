import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as files from './files/index'
import * as api from './index'

it('the README names every export', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const named = new Set(readme.match(/`[A-Za-z]\w*`/g)?.map((quoted) => quoted.slice(1, -1)))
  expect(Object.keys({ ...api, ...files }).filter((name) => !named.has(name))).toEqual([])
})
