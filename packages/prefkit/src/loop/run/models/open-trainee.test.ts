import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { storiesPath, storiesTemplate } from '../../../lm/testing/stories'
import { storyConfig } from '../testing/make-stage'
import { openTrainee, policyOf, type Trainee } from './open-trainee'

const open = (settings: object = {}) =>
  openTrainee(storyConfig({ sft: { files: 'rows' }, ...settings }), { model: storiesPath }, undefined)

const embeddings = ({ model }: Trainee) => model.weights['model.embed_tokens.weight']

it('reads the weights of a checkpoint once while any model of it is open', async () => {
  const [policy, rewardModel] = [await open(), await open()]
  const read = embeddings(policy)
  expect(read).toBeDefined()
  expect(embeddings(rewardModel)).toBe(read)

  await policy.release()
  // Whoever releases twice releases nothing of others.
  await policy.release()
  const critic = await open()
  expect(embeddings(critic)).toBe(read)

  for (const { release } of [rewardModel, critic]) await release()
  const later = await open()
  expect(embeddings(later)).not.toBe(read)
  await later.release()
})

it('does not take a model for one whose texts are written otherwise', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-trainee-'))
  await writeFile(join(folder, 'chat.jinja'), storiesTemplate)
  const plain = await open()
  const chatting = await open({ model: { chatTemplate: join(folder, 'chat.jinja') } })
  expect(plain.encoding.chatTemplate).toBeUndefined()
  expect(chatting.encoding.chatTemplate).toBeDefined()
  for (const { release } of [plain, chatting]) await release()
  await rm(folder, { recursive: true })
})

it('writes texts by the template of the settings for the model that they name, and what is trained from it, alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-trainee-'))
  const chat = join(folder, 'chat.jinja')
  await writeFile(chat, storiesTemplate)
  const settings = { sft: { files: 'rows' }, model: { chatTemplate: chat } }
  const policy = await openTrainee(storyConfig(settings), { model: storiesPath }, undefined)
  const trained = join(folder, 'trained')
  await policy.save(trained, { model: policy.model, trained: {} })
  // The same weights, for which nobody has said how conversations are written.
  const other = join(folder, basename(storiesPath))
  await cp(storiesPath, other)
  await cp(join(dirname(storiesPath), 'tok512.bin'), join(folder, 'tok512.bin'))
  const opened = [trained, other].map((model) => openTrainee(storyConfig(settings), { model }, undefined))
  const [tuned, judge] = await Promise.all(opened)
  expect(tuned!.encoding.chatTemplate).toBeDefined()
  expect(judge!.encoding.chatTemplate).toBeUndefined()
  for (const { release } of [policy, tuned!, judge!]) await release()
  await rm(folder, { recursive: true })
})

it('starts with the adapter of a run that trained one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-trainee-'))
  const { lora } = storyConfig({ sft: { files: 'rows' }, model: { lora: { rank: 2 } } }).model
  const begun = await openTrainee(storyConfig({ sft: { files: 'rows' } }), { model: storiesPath }, lora)
  const policy = policyOf(begun, storyConfig({ sft: { files: 'rows' } }), { seed: 0 })
  await policy.save(join(folder, 'model'))
  const source = { model: storiesPath, adapter: folder }
  const again = await openTrainee(storyConfig({ sft: { files: 'rows' } }), source, lora)
  expect(Object.keys(again.initial ?? {}).length).toBeGreaterThan(0)
  for (const { release } of [policy, begun, again]) await release()
  await rm(folder, { recursive: true })
})
