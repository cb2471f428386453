export { type ChatMessage, promptMessages, responseMessages, type TextOrChat } from './chat-message'
export type { Comparison, Verdict, Vote } from './comparison'
export { promptKey } from './comparison-keys'
export type { ParseOptions } from './comparisons-from-rows'
export { type DataPlace, DatasetError, type DatasetErrorCode } from './dataset-error'
export {
  type Deduplicated,
  type DeduplicateOptions,
  deduplicateComparisons,
} from './deduplicate-comparisons'
export type { ReferencedText } from './dialects/dialect'
export { type DialectName, dialectNames } from './dialects/dialect-table'
export { type LabelCoding, labelCodings } from './dialects/verdicts'
export { type ConvertOptions, convertComparisons } from './files/convert-comparisons'
export {
  type ComparisonReader,
  loadComparisons,
  type ReadOptions,
  readComparisons,
} from './files/read-comparisons'
export { type JsonLine, type JsonLinesOptions, readJsonLines } from './files/read-json-lines'
export { type WriteOptions, type WriteReport, writeComparisons } from './files/write-comparisons'
export { type Counted, type Inspection, inspectComparisons, type LengthSummary } from './inspect-comparisons'
export type { LineOptions } from './json-rows'
export { type GroupFold, type LeaveOneGroupOutOptions, leaveOneGroupOut } from './leave-one-group-out'
export { type PairedResponses, pairResponses } from './pair-responses'
export { type ParseRowsOptions, parseRows } from './parse-rows'
export { promptText, responseText } from './prompt-text'
export type { RatedResponse } from './rated-response'
export type { FileReport, ReadReport, ReportedError } from './read-report'
export { type SplitOptions, splitByPrompt, splitOf } from './split-by-prompt'
export { type WritableDialect, writableDialects } from './writers/writer-table'
