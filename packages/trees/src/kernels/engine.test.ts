import { describe, expect, it } from 'vitest'
import { TreesError } from '../trees-error'
import { createEngine } from './engine'
import { CHUNK, KERNEL_INTERLEAVE } from './layout'

const interleave = async (threads: number, rows: number) => {
  const engine = await createEngine(threads)
  const [gradients, hessians, out, args] = [4, 4, 8, 64].map((bytes) => engine.allocate(bytes * rows)) as [
    number,
    number,
    number,
    number,
  ]
  engine.f32(gradients, rows).forEach((_, i, all) => {
    all[i] = Math.sin(i)
  })
  engine.f32(hessians, rows).fill(0.25)
  engine.i32(args, 4).set([rows, out, gradients, hessians])
  // Many short runs: threads that missed one, or took an item twice, would leave a mark.
  for (let run = 0; run < 200; run++) {
    engine.f32(out, 2 * rows).fill(Number.NaN)
    engine.parallel(KERNEL_INTERLEAVE, args, Math.ceil(rows / CHUNK))
    expect(engine.f32(out, 2 * rows).includes(Number.NaN)).toBe(false)
  }
  const result = engine.f32(out, 2 * rows).slice()
  await engine.dispose()
  return result
}

describe('createEngine', () => {
  it('gives the same bytes with one thread, two and three', async () => {
    const rows = 3 * CHUNK + 17
    const one = await interleave(1, rows)
    expect(one[2]).toBe(Math.fround(Math.sin(1)))
    expect(await interleave(2, rows)).toEqual(one)
    expect(await interleave(3, rows)).toEqual(one)
  })

  it('sums doubles one after another', async () => {
    const engine = await createEngine(1)
    const [pairs, out] = [engine.allocate(8 * 5), engine.allocate(16)]
    engine.f32(pairs, 10).set([0.1, 1, 0.2, 1, 0.3, 1, -0.6, 1, 1e-9, 1])
    engine.kernels.sums(pairs, 5, out)
    const gradients = [0.1, 0.2, 0.3, -0.6, 1e-9].map(Math.fround)
    expect([...engine.f64(out, 2)]).toEqual([gradients.reduce((a, b) => a + b, 0), 5])
    await engine.dispose()
  })

  it('gives memory back to the mark', async () => {
    const engine = await createEngine(1)
    const mark = engine.mark()
    const first = engine.allocate(1000)
    expect(first % 64).toBe(0)
    expect(engine.allocate(1)).toBeGreaterThanOrEqual(first + 1000)
    engine.free(mark)
    expect(engine.allocate(8)).toBe(first)
    await engine.dispose()
  })

  it('has the memory of an engine that was disposed, and never that of one at work', async () => {
    const first = await createEngine(2)
    const other = await createEngine(1)
    expect(other.memory).not.toBe(first.memory)
    const { memory } = first
    await first.dispose()
    const second = await createEngine(2)
    expect(second.memory).toBe(memory)
    await first.dispose()
    const third = await createEngine(1)
    expect([memory, other.memory]).not.toContain(third.memory)
    // Threads of the second wait for work, not for what the first was told.
    const [pairs, out] = [second.allocate(8), second.allocate(16)]
    second.f32(pairs, 2).set([0.5, 2])
    second.kernels.sums(pairs, 1, out)
    expect([...second.f64(out, 2)]).toEqual([0.5, 2])
    await Promise.all([second, other, third].map((engine) => engine.dispose()))
  })

  it('says that a thread failed, rather than wait for it', async () => {
    const engine = await createEngine(3)
    // There is no such kernel: whoever takes an item of it traps.
    expect(() => engine.parallel(999, 0, 64)).toThrow()
    await engine.dispose()
  })

  it('says how much was wanted when memory is out', async () => {
    const engine = await createEngine(1)
    const allocate = () => engine.allocate(5 * 2 ** 30)
    expect(allocate).toThrow(TreesError)
    expect(allocate).toThrow(/5\.00 GiB are needed, and 4 GiB can be had/)
    await engine.dispose()
  })
})
