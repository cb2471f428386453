import type { Size } from './sizes.ts'
import type { CellResult, Settings, Store } from './store.ts'
import type { World } from './world.ts'

/** What the work of a cell may use. */
export interface Context {
  readonly world: World
  readonly store: Store
  /** A model of instructions, for experiments that ask one. */
  readonly judgePath?: string | undefined
}

/** A place in a grid of settings and seeds. */
export interface Cell {
  /** Whose results these are; cells of several claims may be the same. Default: the claim's. */
  readonly experiment?: string
  readonly settings: Settings & { readonly arm: string; readonly seed: number }
  readonly run: (context: Context) => Promise<unknown>
}

/** What a report has, by the names under which a page has places for it. */
export interface ClaimReport {
  /** Markdown. */
  readonly tables: Readonly<Record<string, string>>
  /** SVG, and what it shows. */
  readonly figures: Readonly<Record<string, { readonly svg: string; readonly caption: string }>>
}

/** A claim of a paper, and how it is put to the test. */
export interface Claim {
  readonly name: string
  readonly title: string
  /** What is claimed, what is done, and what was chosen: Markdown. */
  readonly about: string
  /** @param options the name of a model of instructions, where there is one. */
  readonly cells: (size: Size, options: { readonly judge?: string | undefined }) => readonly Cell[]
  readonly report: (results: readonly CellResult[], size: Size) => ClaimReport
}
