import { TreesError } from '../trees-error'
import type { Matrix } from './matrix'
import { shown } from './shown'
import type { Features } from './training-data'

const invalid = (message: string) => new TreesError('INVALID_DATA', message)

function checkMatrix(name: string, matrix: Matrix): Matrix {
  const { data, rows, columns } = matrix
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw invalid(`${name}.data is ${shown(data)}; expected a Float32Array or Float64Array`)
  }
  for (const [part, size] of [
    ['rows', rows],
    ['columns', columns],
  ] as const) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw invalid(`${name}.${part} is ${shown(size)}; expected an integer of at least 0`)
    }
  }
  if (data.length !== rows * columns) {
    const message = `${name}.data has ${data.length} numbers; expected rows × columns = ${rows} × ${columns} = ${rows * columns}`
    throw new TreesError('DIMENSION_MISMATCH', message)
  }
  return matrix
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))

function matrixOfRows(name: string, rows: readonly unknown[]): Matrix {
  const first: unknown = rows[0]
  const columns = isList(first) ? first.length : 0
  const data = new Float64Array(rows.length * columns)
  rows.forEach((row, i) => {
    if (!isList(row)) throw invalid(`${name}[${i}] is ${shown(row)}; expected an array of numbers`)
    if (row.length !== columns) {
      const message = `${name}: row ${i} has ${row.length} columns and row 0 has ${columns}; expected rows of one width`
      throw new TreesError('DIMENSION_MISMATCH', message)
    }
    for (let column = 0; column < columns; column++) {
      const value = row[column]
      if (typeof value !== 'number') {
        throw invalid(
          `${name}: row ${i}, column ${column} is ${shown(value)}; expected a number, NaN where it is missing`,
        )
      }
      data[i * columns + column] = value
    }
  })
  return { data, rows: rows.length, columns }
}

/**
 * Features as a matrix. A Matrix is taken as it is, not copied.
 *
 * @throws TreesError `INVALID_DATA` for what is no number, no rows or no columns; `DIMENSION_MISMATCH` for rows of
 * several widths and a Matrix whose data are not rows × columns.
 */
export function checkFeatures(name: string, features: Features): Matrix {
  const value: unknown = features
  if (typeof value !== 'object' || value === null) {
    throw invalid(`${name} is ${shown(value)}; expected a Matrix or rows of numbers`)
  }
  // What is no array is a Matrix by its type, and checked for being one.
  const matrix = Array.isArray(value) ? matrixOfRows(name, value) : checkMatrix(name, value as Matrix)
  if (matrix.rows === 0) throw invalid(`${name} has no rows`)
  if (matrix.columns === 0) throw invalid(`${name} has no columns`)
  return matrix
}
