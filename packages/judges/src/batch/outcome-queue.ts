/** Outcomes on their way to whom they are for: in the order of the items, or as they come. */
export interface OutcomeQueue<Outcome> {
  /** Takes a place; what it returns puts the outcome there, or gives the place up. */
  readonly reserve: () => (outcome: Outcome | undefined) => void
  /** The next outcome, if it is there. */
  readonly take: () => Outcome | undefined
  /** All that are there, past places whose outcome will not come. */
  readonly rest: () => Outcome[]
  /** Places taken whose outcomes have not been taken. */
  readonly held: () => number
}

interface Place<Outcome> {
  outcome?: Outcome
}

/** @param isOrdered whether outcomes wait for those of earlier items. */
export function createOutcomeQueue<Outcome>(isOrdered: boolean): OutcomeQueue<Outcome> {
  // A set keeps the order of its members, and removes any of them at once.
  const places = new Set<Place<Outcome>>()
  const settled = new Set<Place<Outcome>>()
  const takeFrom = (from: Set<Place<Outcome>>): Outcome | undefined => {
    const [place] = from
    if (place?.outcome === undefined) return undefined
    places.delete(place)
    settled.delete(place)
    return place.outcome
  }
  return {
    reserve: () => {
      const place: Place<Outcome> = {}
      places.add(place)
      return (outcome) => {
        if (outcome === undefined) places.delete(place)
        else {
          place.outcome = outcome
          settled.add(place)
        }
      }
    },
    take: () => takeFrom(isOrdered ? places : settled),
    rest: () =>
      [...(isOrdered ? places : settled)].flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome])),
    held: () => places.size,
  }
}
