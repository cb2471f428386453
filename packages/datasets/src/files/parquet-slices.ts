import { type AsyncBuffer, type FileMetaData, parquetSchema, type RowGroup, readOffsetIndex } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js'

/** Where the pages of a column lie, in order: as an offset index says it, the size with the page's header. */
type PageLocation = ReturnType<typeof readOffsetIndex>['page_locations'][number]

/** How a row group is read: so many rows at a time, and where the pages of its columns lie, by path. */
export interface GroupSlices {
  readonly rows: number
  readonly pages?: Readonly<Record<string, readonly PageLocation[]>>
}

/** What a slice comes to at most, unless single pages are larger. */
const SLICE_BYTES = 2 ** 24
const SLICE_ROWS = 2 ** 16
/** Read at first for a page's header; one with long statistics is longer. */
const HEADER_BYTES = 2 ** 13

async function readHeader(file: AsyncBuffer, start: number, end: number) {
  for (let size = HEADER_BYTES; ; size *= 8) {
    const stop = Math.min(start + size, end)
    const reader = { view: new DataView(await file.slice(start, stop)), offset: 0 }
    try {
      return { header: parquetHeader(reader), length: reader.offset }
    } catch (cause) {
      if (stop === end) throw cause
    }
  }
}

/** The bytes of a column in its row group, its dictionary included. */
function chunkRange({ meta_data: meta }: RowGroup['columns'][number]) {
  const start = Number(meta!.dictionary_page_offset || meta!.data_page_offset)
  return { start, end: start + Number(meta!.total_compressed_size) }
}

/**
 * The pages of a column by walking from header to header, which most files need: pyarrow writes no offset index unless
 * asked. Undefined where headers do not say how many rows a page has: version 1 pages of lists.
 */
async function walkPages(
  file: AsyncBuffer,
  { start, end }: { start: number; end: number },
  repeated: boolean,
  groupRows: number,
): Promise<PageLocation[] | undefined> {
  const pages: PageLocation[] = []
  let row = 0
  for (let offset = start; offset < end && row < groupRows; ) {
    const { header, length } = await readHeader(file, offset, end)
    const compressed_page_size = length + header.compressed_page_size
    const values = repeated ? undefined : header.data_page_header?.num_values
    const rows = header.type === 'DICTIONARY_PAGE' ? 0 : (header.data_page_header_v2?.num_rows ?? values)
    if (rows === undefined) return undefined
    if (rows > 0) pages.push({ offset: BigInt(offset), compressed_page_size, first_row_index: BigInt(row) })
    row += rows
    offset += compressed_page_size
  }
  return row === groupRows ? pages : undefined
}

async function columnPages(
  file: AsyncBuffer,
  metadata: FileMetaData,
  group: RowGroup,
  column: RowGroup['columns'][number],
): Promise<PageLocation[] | undefined> {
  const { offset_index_offset: at, offset_index_length: length } = column
  if (at && length) {
    const index = new DataView(await file.slice(Number(at), Number(at) + length))
    return readOffsetIndex({ view: index, offset: 0 }).page_locations
  }
  const path = getTreePath(parquetSchema(metadata), column.meta_data!.path_in_schema)
  return walkPages(file, chunkRange(column), getMaxRepetitionLevel(path) > 0, Number(group.num_rows))
}

/** The uncompressed bytes, about, that any one row needs decoded of a column: its dictionary and a page. */
function leastBytes(column: RowGroup['columns'][number], pages: readonly PageLocation[]): number {
  const { total_uncompressed_size: all, total_compressed_size: packed } = column.meta_data!
  const dictionary = Number(pages[0]?.offset ?? 0) - chunkRange(column).start
  const largest = pages.reduce((most, page) => Math.max(most, page.compressed_page_size), 0)
  return (Math.max(dictionary, 0) + largest) * (Number(all) / Math.max(1, Number(packed)))
}

/**
 * How to read a row group in bounded memory: a small one whole, a large one in slices of about 16 MB or 65,536 rows,
 * and larger where its pages are, so that decoding pages anew for each slice at most doubles the work. A row group is
 * read whole, too, where the place of its pages is not known: lists in version 1 pages without an offset index.
 */
export async function groupSlices(
  file: AsyncBuffer,
  metadata: FileMetaData,
  group: RowGroup,
): Promise<GroupSlices> {
  const rows = Number(group.num_rows)
  const bytesARow = Math.max(1, Number(group.total_byte_size)) / Math.max(1, rows)
  const wanted = Math.min(SLICE_ROWS, SLICE_BYTES / bytesARow)
  if (wanted >= rows) return { rows }
  const pages: Record<string, readonly PageLocation[]> = {}
  let least = 0
  for (const column of group.columns) {
    const found = await columnPages(file, metadata, group, column)
    if (found === undefined) return { rows }
    pages[column.meta_data!.path_in_schema.join('.')] = found
    least += leastBytes(column, found)
  }
  return { rows: Math.ceil(Math.max(wanted, least / bytesARow)), pages }
}
