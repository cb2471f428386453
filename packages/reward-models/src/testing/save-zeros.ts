import { tensor } from '@prefkit/tensor'
import { saveRewardModel } from '../files/reward-model-files'
import { resolveOptions } from '../options'

// Saves a model where the first argument says, and prints what went wrong.
const layer = { weight: tensor(new Float32Array(4096), { shape: [4096, 1] }), bias: tensor([0]) }
const model = {
  options: resolveOptions({ hidden: [] }),
  inputs: 4096,
  members: [{ layers: [layer] }],
}
await saveRewardModel(process.argv[2]!, model).then(
  () => process.stdout.write('saved'),
  (error) => process.stdout.write(`${error.code} ${error.message}`),
)
