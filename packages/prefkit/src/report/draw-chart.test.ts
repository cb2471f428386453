import * as Plot from '@observablehq/plot'
import { expect, test } from 'vitest'
import { drawable, drawChart, labelMargin, shortName } from './draw-chart'

test('a chart is one described svg, its texts escaped', () => {
  const data = [{ x: 1, y: 2, name: '</svg><script>alert("1")</script>' }]
  const svg = drawChart({
    description: 'one "dot" <here>',
    marks: [Plot.text(data, { x: 'x', y: 'y', text: 'name', title: 'name' })],
  })
  expect(svg.match(/<svg/g)).toHaveLength(1)
  expect(svg).toMatch(/^<svg role="img" [^>]*aria-label="one &quot;dot&quot; /)
  expect(svg).not.toContain('<script')
  expect(svg).toContain('&lt;script&gt;')
})

test('long names are cut in the middle, where they differ least', () => {
  expect(shortName('short', 10)).toBe('short')
  expect(shortName('should uniforms be worn: yes', 15)).toBe('should un…: yes')
  expect(shortName('should uniforms be worn: yes', 15)).toHaveLength(15)
  expect(labelMargin(['a'.repeat(99)], 20)).toBe(labelMargin(['a'.repeat(21)], 20))
})

test('only points whose every number is finite are drawn', () => {
  expect(
    drawable([
      { x: 1, n: 'a' },
      { x: Number.NaN, n: 'b' },
      { x: Number.POSITIVE_INFINITY, n: 'c' },
    ]),
  ).toEqual([{ x: 1, n: 'a' }])
})
