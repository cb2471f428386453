import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { Tensor } from '../core/tensor'
import { createMemories } from './device'
import { share } from './share'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Memory of [1, 2], which tells when it is freed. */
function createMemory() {
  const freed = vi.fn()
  const handle = { toArray: () => Float32Array.of(1, 2), delete: freed, output: [2] }
  const memories = createMemories('a device', (action) => action())
  const create = () => memories.create(share(handle, freed), { length: 2, dtype: 'f32' })
  return { memories, freed, create }
}

/** Collects garbage until what should become of it has. */
async function collectUntil(done: () => boolean): Promise<void> {
  for (; !done(); await nextTurn()) collect()
}

describe('memory of a device', () => {
  it('is freed once, when it is released and nobody reads it', async () => {
    const { memories, create, freed } = createMemory()
    const memory = create()
    const tensor = Tensor.onDevice(memory, [2], 'f32')
    const hold = memories.hold(tensor)!
    memory.release('donated')
    memory.release('released')
    expect([memory.gone, freed.mock.calls.length]).toEqual(['donated', 0])
    expect(() => memories.hold(tensor)).toThrow(
      'gpu: an argument, Tensor(f32, [2], on a device), was donated before its turn came; its elements are gone',
    )
    hold.letGo()
    expect(freed).toHaveBeenCalledTimes(1)
  })

  it('that nobody can reach is freed, but not while a run holds it', async () => {
    const { memories, create, freed } = createMemory()
    const hold = memories.hold(Tensor.onDevice(create(), [2], 'f32'))!
    const other = createMemory()
    other.create()
    await collectUntil(() => other.freed.mock.calls.length > 0)
    expect(freed).not.toHaveBeenCalled()
    hold.letGo()
    // The other's was collected; when this one's is, the order of collection alone decides.
    await collectUntil(() => freed.mock.calls.length > 0)
    expect(freed).toHaveBeenCalledTimes(1)
  })

  it('belongs to one backend only, and goes with it', async () => {
    const { memories, create, freed } = createMemory()
    const memory = create()
    expect([memories.owns(memory), createMemory().memories.owns(memory)]).toEqual([true, false])
    expect([...(await memory.read())]).toEqual([1, 2])
    memories.release()
    expect([memory.gone, freed.mock.calls.length]).toEqual(['released', 1])
  })
})
