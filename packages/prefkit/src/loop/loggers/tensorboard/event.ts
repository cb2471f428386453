import type { Histogram } from './histogram'
import {
  bytesField,
  chosenFloatField,
  doubleField,
  doublesField,
  type Field,
  integerField,
  joinBytes,
  messageField,
  stringField,
} from './protobuf'

/** When an event was written, in seconds since 1970, and the step it is of. */
export interface EventTime {
  readonly wallTime: number
  readonly step: number
}

/** Numbers of the fields, from TensorBoard's `event.proto`, `summary.proto`, `histogram.proto` and `tensor.proto`. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7, sourceMetadata: 10 } as const
const summary = { value: 1, tag: 1, simpleValue: 2, histogram: 5, tensor: 8, metadata: 9 } as const

const encodeEvent = ({ wallTime, step }: EventTime, ...fields: readonly Field[]): Uint8Array =>
  joinBytes([doubleField(event.wallTime, wallTime), integerField(event.step, step), ...fields])

/** The first event of every file. Version 2 says that sessions start with an event of their own. */
export const versionEvent = (wallTime: number): Uint8Array =>
  encodeEvent(
    { wallTime, step: 0 },
    stringField(event.fileVersion, 'brain.Event:2'),
    messageField(event.sourceMetadata, stringField(1, 'prefkit')),
  )

/** A session starts: readers drop what earlier ones wrote of this step and those after it. */
export const sessionStartEvent = (time: EventTime): Uint8Array =>
  encodeEvent(time, messageField(event.sessionLog, integerField(1, 1)))

/** One value of a summary, made by {@link scalarValue}, {@link histogramValue} or {@link textValue}. */
export type SummaryValue = Field

/** Values of one step. */
export const summaryEvent = (time: EventTime, values: readonly SummaryValue[]): Uint8Array =>
  encodeEvent(time, messageField(event.summary, ...values))

/**
 * A number, rounded to f32. It is a `simple_value`: all readers turn it into the tensors that TensorFlow 2 writes,
 * and those that do not, such as `EventAccumulator.Scalars`, know no other scalars.
 */
export const scalarValue = (tag: string, value: number): SummaryValue =>
  messageField(summary.value, stringField(summary.tag, tag), chosenFloatField(summary.simpleValue, value))

/** A distribution. */
export const histogramValue = (tag: string, histogram: Histogram): SummaryValue =>
  messageField(
    summary.value,
    stringField(summary.tag, tag),
    messageField(
      summary.histogram,
      doubleField(1, histogram.min),
      doubleField(2, histogram.max),
      doubleField(3, histogram.count),
      doubleField(4, histogram.sum),
      doubleField(5, histogram.sumSquares),
      doublesField(6, histogram.limits),
      doublesField(7, histogram.counts),
    ),
  )

/** A text, as a tensor of one string for the plugin `text`. */
export const textValue = (tag: string, text: string): SummaryValue =>
  messageField(
    summary.value,
    stringField(summary.tag, tag),
    messageField(
      summary.tensor,
      // DT_STRING, and a shape of one dimension of size 1.
      integerField(1, 7),
      messageField(2, messageField(2, integerField(1, 1))),
      bytesField(8, new TextEncoder().encode(text)),
    ),
    messageField(summary.metadata, messageField(1, stringField(1, 'text'))),
  )
