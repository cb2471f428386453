/** Objectives of ours that LightGBM would not load, by what stands for them in a file: it takes `custom …` for raw scores. */
export const namesInFile: ReadonlyMap<string, string> = new Map([['custom bradley_terry', 'bradley_terry']])

/** The other way round. */
export const namesToFile: ReadonlyMap<string, string> = new Map(
  [...namesInFile].map(([file, name]) => [name, file]),
)
