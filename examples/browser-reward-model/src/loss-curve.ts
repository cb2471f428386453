import { lineY, plot, ruleY } from '@observablehq/plot'
import type { TrainingRecord } from './trainer'

/** Each line: how it is drawn, and its height after a record that has it. */
const lines: Readonly<
  Record<string, { readonly color: string; readonly of: (record: TrainingRecord) => number | undefined }>
> = {
  'training loss': { color: '#868e96', of: ({ loss }) => loss },
  'held-out loss': { color: '#e8590c', of: ({ heldOut }) => heldOut?.loss },
  'held-out accuracy': { color: '#1c7ed6', of: ({ heldOut }) => heldOut?.accuracy },
}

/** Draws loss and accuracy over steps, in place of what is in `container`. */
export function drawCurve(container: HTMLElement, records: readonly TrainingRecord[]): void {
  const points = Object.entries(lines).flatMap(([line, { of }]) =>
    records.flatMap((record) => {
      const value = of(record)
      return value === undefined ? [] : [{ step: record.step, value, line }]
    }),
  )
  const drawing = plot({
    width: container.clientWidth,
    height: 240,
    ariaLabel: 'Training loss, held-out loss and held-out accuracy over steps',
    y: { label: null, zero: true, ticks: 5 },
    color: {
      domain: Object.keys(lines),
      range: Object.values(lines).map(({ color }) => color),
      legend: true,
    },
    marks: [ruleY([0]), lineY(points, { x: 'step', y: 'value', stroke: 'line' })],
  })
  container.replaceChildren(drawing)
}
