import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Tensor, tensor } from './tensor'
import { type Tree, treeEntries, treeLeaves, treeMap, treeStructure, treeUnflatten, treeZip } from './tree'

const leaf = fc.double({ noNaN: true }).map((value) => tensor(new Float64Array([value])))

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.constantFrom(null, undefined),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), tie('tree'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}))

const t = (...values: number[]) => tensor(values)

describe('trees', () => {
  it('come back from their leaves', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const again = treeUnflatten(value, treeLeaves(value))
        expect(treeEntries(again)).toEqual(treeEntries(value))
        expect(treeStructure(again)).toBe(treeStructure(value))
      }),
    )
  })

  it('map each leaf once, keeping the structure', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const paths: string[] = []
        const mapped = treeMap((x, path) => {
          paths.push(path)
          return x
        }, value)
        expect(treeStructure(mapped)).toBe(treeStructure(value))
        expect(paths).toEqual(treeEntries(value).map(([path]) => path))
      }),
    )
  })

  it('are walked in the order of their keys, however they were written', () => {
    const a = { w: t(1), b: [t(2), { y: t(3), x: t(4) }] }
    const b = { b: [t(2), { x: t(4), y: t(3) }], w: t(1) }
    expect(treeEntries(a).map(([path]) => path)).toEqual(['b[0]', 'b[1].x', 'b[1].y', 'w'])
    expect(treeEntries(b)).toEqual(treeEntries(a))
    expect(treeStructure(b)).toBe(treeStructure(a))
  })

  it('zip by path', () => {
    const sum = treeZip((a, b) => t(a.item() + b.item()), { a: t(1), b: [t(2)] }, { b: [t(20)], a: t(10) })
    expect([sum.a.item(), sum.b[0]!.item()]).toEqual([11, 22])
  })

  it.each([
    [{ a: t(1), b: t(2) }, { a: t(1) }, 'tree: b is missing in the second tree'],
    [{ a: t(1) }, { a: t(1), b: t(2), c: t(3) }, 'tree: the second tree has 2 more tensors'],
    [t(1), [t(1)], 'tree: the root is missing in the second tree'],
  ])('refuse to zip when they differ', (a, b, message) => {
    expect(() => treeZip((x) => x, a as Tree, b)).toThrow(message)
  })

  it.each([
    [3, 'tree: expected tensors in plain objects and arrays, got number 3'],
    [{ layers: [t(1), 'x'] }, 'layers[1]: expected tensors in plain objects and arrays, got string x'],
    [{ a: new Date(0) }, 'a: expected tensors in plain objects and arrays, got Date'],
  ])('refuse what is no tree, by its path', (value, message) => {
    expect(() => treeLeaves(value)).toThrow(message)
  })

  it('refuse too few or too many leaves', () => {
    expect(() => treeUnflatten([t(1)], [t(1), t(2)])).toThrow('tree: it has 1 tensors, 2 were given')
  })

  it('know the tensors of another copy of the package', () => {
    const foreign = Object.defineProperty({}, Symbol.for('prefkit.tensor'), { value: true })
    expect(Tensor.isTensor(foreign)).toBe(true)
  })
})
