/** Bits of {@link Tree.decisionType}. */
export const decisions = {
  categorical: 1,
  /** Missing values go left. */
  defaultLeft: 2,
  /** What is missing stands from this bit on. */
  missingShift: 2,
  missingNone: 0,
  missingZero: 1,
  missingNaN: 2,
  /** All bits a node can have. */
  largest: 1 | 2 | (2 << 2),
} as const

/** What a node takes for missing: {@link decisions}.missingNone, missingZero or missingNaN. */
export const missingOf = (decisionType: number): number => decisionType >> decisions.missingShift
