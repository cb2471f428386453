/**
 * Whether what a step logs as `kl` is of responses, summed over their tokens, as KTO's is; that of policy gradients is a mean over tokens.
 * @param names what the step logs.
 */
export const isKlOfResponses = (names: readonly string[]): boolean => names.includes('logps/chosen')
