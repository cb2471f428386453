/** Just under the most that glibc learns from: 32 MiB on 64-bit systems. */
const learnedFrom = 2 ** 25 - 2 ** 16

/**
 * Lets freed memory stay with the process. ONNX Runtime's results are fresh `ArrayBuffer`s at each run: with glibc's first
 * settings their pages go back to the system when they are freed and fault in again at the next run, a tenth of a
 * large step. glibc raises the size from which it does so to that of the largest block it saw freed; this frees one.
 * Nothing is touched, so it costs no memory itself; elsewhere it does nothing.
 */
export function keepFreedMemory(): void {
  new ArrayBuffer(learnedFrom).transfer(0)
}
