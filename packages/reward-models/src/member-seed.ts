import { murmur3 } from './embedders/murmur3'

/**
 * The seed of a member of an ensemble: member 0 has the seed itself, so that one model and the first of several are
 * the same; the others have a hash of both numbers, so that neighbouring seeds share no member.
 * @param seed whole number in [0, 2³²).
 * @param member whole number in [0, 2³²).
 */
export const memberSeed = (seed: number, member: number): number =>
  member === 0 ? seed : murmur3(Uint8Array.of(member, member >>> 8, member >>> 16, member >>> 24), seed)
