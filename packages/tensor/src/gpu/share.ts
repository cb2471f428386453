/** One of those who hold something shared. */
export interface Hold<T> {
  readonly value: T
  /** Says that this one needs it no longer; further calls do nothing. */
  letGo(): void
}

/** Takes hold of something that is freed when nobody holds it any longer. */
export type Shared<T> = () => Hold<T>

/** Something that several hold, each for as long as it likes; `free` is called when the last lets go. */
export function share<T>(value: T, free: () => void): Shared<T> {
  let holders = 0
  return () => {
    let holds = true
    holders++
    return {
      value,
      letGo() {
        if (!holds) return
        holds = false
        holders--
        if (holders === 0) free()
      },
    }
  }
}
