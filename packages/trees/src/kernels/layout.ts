/*
 * Numbers that TypeScript and the AssemblyScript kernels agree on: this file is compiled by both.
 * Fields of structs are counted in 4-byte words (ints) or 8-byte words (floats) from the struct's beginning.
 */

// Control block of the threads, in bytes from address 0; what is written by different threads is a cache line apart.
export const EPOCH = 64
export const DONE = 128
export const NEXT_ITEM = 192
export const KERNEL = 256
export const ARGUMENTS = 260
export const ITEM_COUNT = 264
export const STOPPED = 268
/** Set by a thread that cannot go on. */
export const FAILED = 272
/** First address that can be allocated. */
export const HEAP = 65536

/** Bins of one row that lie side by side, so that one load reads them all. */
export const LANES = 8

// A block of lanes. A lane has the bins of one feature, or of several that are never set together.
export const BLOCK_BYTES = 64
export const BLOCK_ADDRESS = 0
export const BLOCK_BYTES_PER_BIN = 1
export const BLOCK_LANES = 2
/** Bytes from one lane's histogram to the next one's. */
export const BLOCK_LANE_STRIDE = 3
/** Bytes from the beginning of a leaf's histograms. */
export const BLOCK_HISTOGRAM = 4
/** Of its features in the table of features, where those of a block are side by side. */
export const BLOCK_FIRST_FEATURE = 5
export const BLOCK_FEATURES = 6
/** Bytes from one row's values to the next row's. */
export const BLOCK_ROW_STRIDE = 7
/** The same values lane by lane. */
export const BLOCK_COLUMNS = 8

// A feature.
export const FEATURE_BYTES = 32
export const FEATURE_BINS = 0
export const FEATURE_MISSING = 1
export const FEATURE_DEFAULT_BIN = 2
export const FEATURE_MOST_FREQUENT = 3
export const FEATURE_CATEGORICAL = 4
export const FEATURE_MONOTONE = 5
/** Which inner feature it is: flags and results are by this number. */
export const FEATURE_NUMBER = 6
/** Bytes from the block's histograms to that of its bin 0. */
export const FEATURE_HISTOGRAM = 7

export const MISSING_NONE = 0
export const MISSING_ZERO = 1
export const MISSING_NAN = 2

// What is to be found for two leaves: histograms of the smaller one from its rows, of the larger by subtraction.
export const TASK_BYTES = 512
export const TASK_ROWS = 0
export const TASK_COUNT = 1
export const TASK_PAIRS = 2
export const TASK_BLOCKS = 3
export const TASK_FEATURES = 4
/** Bytes of flags: features the tree may use. */
export const TASK_USED = 5
/** Bits: settings that need a leaf's output, and outputs that have bounds. 0: plain gains. */
export const TASK_GENERAL = 6
export const TASK_SCRATCH = 7
export const TASK_SMALLER = 8
export const TASK_LARGER = 9
/** Blocks of an item, and of all. */
export const TASK_GROUP = 10
export const TASK_BLOCK_COUNT = 11
/** Rows that there are, of all leaves. */
export const TASK_ALL_ROWS = 12

export const GENERAL_OUTPUTS = 1
export const GENERAL_CONSTRAINED = 2

// Settings, in 8-byte words of the task.
export const TASK_LAMBDA_L1 = 16
export const TASK_LAMBDA_L2 = 17
export const TASK_MAX_DELTA_STEP = 18
export const TASK_PATH_SMOOTH = 19
export const TASK_MIN_GAIN = 20
export const TASK_MIN_DATA = 21
export const TASK_MIN_HESSIAN = 22

// Bytes of a histogram of 16, 64 and 256 bins and one spare: the spare keeps equal bins of the lanes off one cache set.
export const SMALL_STRIDE = 272
export const MIDDLE_STRIDE = 1040
export const LARGE_STRIDE = 4112
/** Bytes of a sum: a gradient's and a Hessian's. */
export const SUM_BYTES = 16

/** Lanes of a block, at most, that are added up one by one from their columns where no other is wanted. */
export const FEW_LANES = 2

/** Rows that the blocks of a group are added up for in turn: their cache lines are fetched for the first and serve all. */
export const GATHER = 2048
/** Bytes of a thread's room for the gathered bins of a block. */
export const SCRATCH_BYTES = 16384

// A leaf whose best split is looked for.
export const LEAF_BYTES = 128
export const LEAF_HISTOGRAM = 0
/** Bytes of flags: features whose parent's histogram had a split worth making. */
export const LEAF_SPLITTABLE = 1
/** Bytes of flags: features this node may split on. */
export const LEAF_ALLOWED = 2
export const LEAF_RESULTS = 3
export const LEAF_GRADIENT = 4
export const LEAF_HESSIAN = 5
export const LEAF_ROWS = 6
export const LEAF_PARENT_OUTPUT = 7
export const LEAF_MINIMUM = 8
export const LEAF_MAXIMUM = 9
export const LEAF_MONOTONE_FACTOR = 10

// The best split of a block.
export const RESULT_BYTES = 96
export const RESULT_FEATURE = 0
export const RESULT_THRESHOLD = 1
export const RESULT_DEFAULT_LEFT = 2
export const RESULT_GAIN = 2
export const RESULT_LEFT_GRADIENT = 3
export const RESULT_LEFT_HESSIAN = 4
export const RESULT_RIGHT_GRADIENT = 5
export const RESULT_RIGHT_HESSIAN = 6
export const RESULT_LEFT_OUTPUT = 7
export const RESULT_RIGHT_OUTPUT = 8

// Rows of a leaf that are to be divided.
export const PARTITION_BYTES = 64
export const PARTITION_ROWS = 0
export const PARTITION_COUNT = 1
export const PARTITION_LEFT = 2
export const PARTITION_RIGHT = 3
export const PARTITION_BINS = 4
export const PARTITION_BYTES_PER_BIN = 5
/** Bytes of flags: whether a bin goes left. */
export const PARTITION_GOES_LEFT = 6
/** `[chunks]`: rows that went left, and where they and the others begin afterwards. */
export const PARTITION_CHUNKS = 7
export const PARTITION_CHUNK_BYTES = 16
/** Rows of a chunk: what a thread takes at once. */
export const CHUNK = 8192

// Gradient and Hessian of each row side by side: of all rows from two arrays, of some from all.
export const PAIRS_BYTES = 32
export const PAIRS_COUNT = 0
export const PAIRS_OUT = 1
export const PAIRS_GRADIENTS = 2
export const PAIRS_HESSIANS = 3
export const PAIRS_ROWS = 4
export const PAIRS_ALL = 5

// Values of leaves that are added to the scores of their rows.
export const SCORES_BYTES = 32
export const SCORES_COUNT = 0
export const SCORES_ROWS = 1
export const SCORES_OUT = 2
/** By place of their rows, which follow each other: the place after a leaf's last row, and its value. */
export const SCORES_LEAVES = 3
export const SCORES_LEAF_COUNT = 4
export const SCORED_LEAF_BYTES = 16
export const SCORED_LEAF_END = 0
export const SCORED_LEAF_VALUE = 1

// Kernels of the table in assembly/table.ts.
export const KERNEL_HISTOGRAMS = 0
export const KERNEL_PARTITION = 1
export const KERNEL_COLLECT = 2
export const KERNEL_INTERLEAVE = 3
export const KERNEL_FIND_BOUNDS = 4
export const KERNEL_LOOKUP_TABLES = 5
export const KERNEL_ENCODE_BINS = 6
export const KERNEL_GATHER_PAIRS = 7
export const KERNEL_ADD_SCORES = 8
