import { expect, test } from 'vitest'
import {
  type Annotator,
  choiceContext,
  composeAnnotator,
  logisticAnnotator,
  type Modifier,
  perfectAnnotator,
  probitAnnotator,
  qualityAnnotator,
  withRandomFlips,
  withTies,
  withWorstCaseFlips,
} from '../index'

const bases = {
  logistic: logisticAnnotator(),
  probit: probitAnnotator(),
  perfect: perfectAnnotator(),
  quality: qualityAnnotator(() => 0.8),
}

const modifiers: Record<string, Modifier> = {
  none: (annotator) => annotator,
  ties: withTies({ threshold: 0.3 }),
  flips: withRandomFlips({ rate: 0.1 }),
  worstCase: withWorstCaseFlips({ above: 0.5 }),
}

const all: [string, Annotator][] = Object.entries(bases).flatMap(([base, annotator]) =>
  Object.entries(modifiers).map(([name, modifier]): [string, Annotator] => [
    `${base} with ${name}`,
    composeAnnotator(annotator, modifier),
  ]),
)

// Literals of several places share a hidden class, and making them gets slow once a number 0 of one is 0.1 of another.
test.each(all)('%s answers with the one kind of object, and no literal', (_, annotator) => {
  const kinds = [-1, 0, 0.2, 1].map((delta) => Object.getPrototypeOf(annotator(delta, choiceContext())))
  const kind = Object.getPrototypeOf(logisticAnnotator()(1, choiceContext()))
  expect(kind).not.toBe(Object.prototype)
  for (const other of kinds) expect(other).toBe(kind)
})
