/** P(a is better) as a verdict has it. */
export const winOfVerdict: Readonly<Record<'a' | 'b' | 'tie', number>> = { a: 1, tie: 0.5, b: 0 }
