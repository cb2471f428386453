import type { Command } from 'commander'

/** What a model on the command line may be. */
export const modelMeans = 'a directory of Hugging Face, a GGUF file, or a model of llama2.c'

/** Adds where a model runs. */
export const addBackendOption = (command: Command): Command =>
  command.option('--backend <name>', 'auto, native, gpu, gpu-webgpu, gpu-webasm or reference', 'auto')
