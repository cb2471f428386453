/** A result of a kernel that stays on the device. */
export interface KernelResult {
  toArray(): unknown
  delete(): void
  output: number[]
}

/** A kernel of gpu.js, as far as it is used. */
export interface GpuKernel {
  (...args: unknown[]): unknown
  destroy(): void
}

/** A compiled plan of gpu.js, as far as it is used. */
export interface GpuPipeline {
  (...args: unknown[]): Promise<unknown>
  destroy(): Promise<unknown>
}

/** An instance of gpu.js's `GPU`, as far as it is used. */
export interface GpuInstance {
  createKernel(source: string, settings: object): GpuKernel
  createPipeline(plan: (...args: unknown[]) => unknown, settings?: object): GpuPipeline
  destroy(): Promise<unknown> | undefined
  /** Of WebGL2. */
  readonly context?: { isContextLost?(): boolean } | null
}

/** The class `GPU` of gpu.js, as far as it is used; spelled out so that the declarations need not have gpu.js. */
export interface GpuRuntime {
  new (settings: { mode: string }): GpuInstance
  readonly isWebAssemblySupported?: boolean
}
