/**
 * Undoes the order of rows that llama.cpp and llama2.c have in the projections to queries and keys: there the two
 * numbers that RoPE turns together are neighbours, with Hugging Face they are half a head apart.
 * @param data `[heads × headDim, ...]`, or a bias `[heads × headDim]`; not changed.
 */
export function separateRotaryPairs(data: Float32Array, heads: number, headDim: number): Float32Array {
  const width = data.length / (heads * headDim)
  const result = new Float32Array(data.length)
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < headDim / 2; pair++) {
      for (let side = 0; side < 2; side++) {
        const from = (head * headDim + 2 * pair + side) * width
        const to = head * headDim + side * (headDim / 2) + pair
        result.set(data.subarray(from, from + width), to * width)
      }
    }
  }
  return result
}

/** `[columns, rows]` from `[rows, columns]`; the data are not changed. */
export function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = data[row * columns + column]!
  }
  return result
}
