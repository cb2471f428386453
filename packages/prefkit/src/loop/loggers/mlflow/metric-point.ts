import type { StepRecord } from '../../step-record'
import { metricKey } from './metric-key'

/** A value as MLflow keeps it; (key, timestamp, step, value) is its identity, so that one sent twice is kept once. */
export interface MetricPoint {
  readonly key: string
  readonly value: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly step: number
}

/** The numbers of records; texts have no place among MLflow's metrics. */
export const metricPoints = (records: readonly StepRecord[], timestamp: number): MetricPoint[] =>
  records.flatMap((record) => {
    const { stage, step, ...values } = record
    return Object.entries(values).flatMap(([key, value]) =>
      typeof value === 'number' ? [{ key: metricKey(stage, key), value, timestamp, step }] : [],
    )
  })

/** As JSON, which has no NaN and no infinities; protobuf's way of writing them is as strings. */
export const pointJson = ({ key, value, timestamp, step }: MetricPoint) => ({
  ...{ key, timestamp, step },
  value: Number.isFinite(value) ? value : String(value),
})
