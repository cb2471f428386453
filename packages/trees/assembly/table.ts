import {
  KERNEL_ADD_SCORES,
  KERNEL_COLLECT,
  KERNEL_ENCODE_BINS,
  KERNEL_FIND_BOUNDS,
  KERNEL_GATHER_PAIRS,
  KERNEL_HISTOGRAMS,
  KERNEL_INTERLEAVE,
  KERNEL_LOOKUP_TABLES,
  KERNEL_PARTITION,
} from '../src/kernels/layout'
import { encodeBins, lookupTables } from './encode-bins'
import { findBounds } from './find-bounds'
import { histograms } from './histograms'
import { gatherPairs, interleave } from './pairs'
import { collect, partition } from './partition'
import { addScores } from './scores'

/** Every kernel that threads can share: an item of its work, and the number of the thread that does it. */
export function runKernel(kernel: i32, args: usize, item: i32, slot: i32): void {
  switch (kernel) {
    case KERNEL_HISTOGRAMS:
      histograms(args, item, slot)
      break
    case KERNEL_PARTITION:
      partition(args, item)
      break
    case KERNEL_COLLECT:
      collect(args, item)
      break
    case KERNEL_INTERLEAVE:
      interleave(args, item)
      break
    case KERNEL_GATHER_PAIRS:
      gatherPairs(args, item)
      break
    case KERNEL_ADD_SCORES:
      addScores(args, item)
      break
    case KERNEL_FIND_BOUNDS:
      findBounds(args, item, slot)
      break
    case KERNEL_LOOKUP_TABLES:
      lookupTables(args, item)
      break
    case KERNEL_ENCODE_BINS:
      encodeBins(args, item)
      break
    default:
      unreachable()
  }
}
