/* Numbers that binning and its kernels agree on, as src/kernels/layout.ts: fields are counted in words of 4 bytes. */

/** Rows that a thread encodes at once. */
export const ENCODE_CHUNK = 8192

// Columns whose bounds are to be found.
export const FIND_BYTES = 64
/** Columns of `rows` numbers each, one after another. */
export const FIND_COLUMNS = 0
export const FIND_COLUMN_BYTES = 1
/** 1: numbers of 4 bytes, 0: of 8. */
export const FIND_SINGLE = 2
/** `[sampled]` rows, or 0 for all. */
export const FIND_SAMPLE = 3
export const FIND_SAMPLED = 4
/** `[columns]` slot of each column among the gathered ones. */
export const FIND_SLOTS = 5
/** `[columns]` bins at most. */
export const FIND_MAX_BINS = 6
export const FIND_MIN_DATA = 7
export const FIND_USE_MISSING = 8
export const FIND_ZERO_AS_MISSING = 9
/** {@link findScratchBytes} for each thread. */
export const FIND_SCRATCH = 10
export const FIND_SCRATCH_BYTES = 11
export const FIND_RESULTS = 12
export const FIND_RESULT_BYTES = 13

// What was found of a column: counts of the bins follow the bounds.
export const FOUND_BINS = 0
export const FOUND_MISSING = 1
/** In words of 8 bytes. */
export const FOUND_LEAST = 1
export const FOUND_MOST = 2
/** In bytes. */
export const FOUND_BOUNDS = 32

// A lane of a block that is to be filled.
export const LANE_BYTES = 64
export const LANE_COLUMN = 0
export const LANE_SINGLE = 1
/** `[65,536]` u16: for the highest 16 bits of a number, bounds that are surely below it. */
export const LANE_TABLE = 2
/** Bounds as doubles, the last +∞, and their count. */
export const LANE_BOUNDS = 3
export const LANE_COUNT = 4
/** Room for the bounds in the column's precision and as many +∞ again. */
export const LANE_SEARCHED = 5
/** Largest power of 2 of the search; written by the kernel of tables. */
export const LANE_STEP = 6
/** Bin of NaN. */
export const LANE_NAN = 7
/** `[bounds]` u16: bin of each rank, or 0 where they are the same. */
export const LANE_MAP = 8

export const TABLE_BYTES = 131072

// A block that is to be filled.
export const ENCODE_BYTES = 32
export const ENCODE_LANES = 0
export const ENCODE_LANE_COUNT = 1
export const ENCODE_ROWS = 2
export const ENCODE_BLOCK = 3
export const ENCODE_BYTES_PER_BIN = 4
/** Bytes from one row of the block to the next. */
export const ENCODE_STRIDE = 5
/** Where the lanes are once more, one after another. */
export const ENCODE_COLUMNS = 6
