const find = <E extends HTMLElement>(id: string): E => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html: expected an element with id ${id}, and there is none`)
  return found as E
}

/** The elements of index.html that change. */
export const page = {
  trainingPairs: find('training-pairs'),
  heldOutPairs: find('held-out-pairs'),
  mode: find<HTMLSelectElement>('mode'),
  train: find<HTMLButtonElement>('train'),
  stop: find<HTMLButtonElement>('stop'),
  device: find('device'),
  status: find('status'),
  curve: find('curve'),
  step: find('step'),
  rate: find('rate'),
  loss: find('loss'),
  heldOutLoss: find('held-out-loss'),
  heldOutAccuracy: find('held-out-accuracy'),
  texts: [find<HTMLTextAreaElement>('text-a'), find<HTMLTextAreaElement>('text-b')],
  rewards: [find('reward-a'), find('reward-b')],
  verdict: find('verdict'),
}

/** What an error says to people. */
export const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))
