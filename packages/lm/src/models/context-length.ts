import type { ModelConfig } from '../config/model-config'

/**
 * How many tokens a sequence may have. `max_position_embeddings`, and with dynamic scaling of RoPE, which begins only beyond
 * these, as many times more as its factor says.
 */
export function contextLength(config: ModelConfig): number {
  const { maxPositionEmbeddings } = config
  const scaling = config.family === 'gpt2' ? undefined : config.rope.scaling
  return Math.floor(maxPositionEmbeddings * (scaling?.type === 'dynamic' ? Math.max(1, scaling.factor) : 1))
}
