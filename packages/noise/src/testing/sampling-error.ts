/** Five standard errors of a share p among n independent draws: exceeded by chance once in 1.7 million times. */
export const fiveErrors = (p: number, n: number): number => 5 * Math.sqrt((p * (1 - p)) / n)

/** The share of labels that equal one. */
export const shareOf = (label: number, labels: ArrayLike<number>): number =>
  Array.from(labels).filter((other) => other === label).length / labels.length
