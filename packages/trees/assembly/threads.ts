import { ARGUMENTS, DONE, EPOCH, ITEM_COUNT, KERNEL, NEXT_ITEM, STOPPED } from '../src/kernels/layout'
import { runKernel } from './table'

/** How often a thread looks before it goes to sleep: a few tens of microseconds. */
const SPINS = 20000

/** Items of the work in hand, one after another, until none is left. */
export function runItems(slot: i32): void {
  const kernel = load<i32>(KERNEL)
  const args = <usize>load<u32>(ARGUMENTS)
  const count = load<i32>(ITEM_COUNT)
  while (true) {
    const item = atomic.add<i32>(NEXT_ITEM, 1)
    if (item >= count) return
    runKernel(kernel, args, item, slot)
  }
}

/** What a worker does all its life: waits for the next epoch, helps with its items, says that it is done. */
export function work(slot: i32, epoch: i32): void {
  let seen = epoch
  while (true) {
    seen = waitForChange(EPOCH, seen, true)
    if (atomic.load<i32>(STOPPED) !== 0) return
    runItems(slot)
    atomic.add<i32>(DONE, 1)
    atomic.notify(DONE, 1)
  }
}

/** Hands out items of a kernel to all threads and this one, and returns when all are done. */
export function parallel(kernel: i32, args: i32, count: i32, workers: i32, maySleep: bool): void {
  store<i32>(KERNEL, kernel)
  store<i32>(ARGUMENTS, args)
  store<i32>(ITEM_COUNT, count)
  atomic.store<i32>(NEXT_ITEM, 0)
  if (workers === 0 || count === 1) {
    runItems(0)
    return
  }
  atomic.store<i32>(DONE, 0)
  atomic.add<i32>(EPOCH, 1)
  atomic.notify(EPOCH, workers)
  runItems(0)
  let done = atomic.load<i32>(DONE)
  while (done < workers) done = waitForChange(DONE, done, maySleep)
}

function waitForChange(address: usize, seen: i32, maySleep: bool): i32 {
  let spins = 0
  while (true) {
    const now = atomic.load<i32>(address)
    if (now !== seen) return now
    spins++
    if (maySleep && spins > SPINS) atomic.wait<i32>(address, seen, -1)
  }
}
