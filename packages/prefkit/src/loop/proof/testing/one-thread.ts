import { createNativeBackend } from '@prefkit/tensor/native'

/** Where models this small are quickest: threads that wait for each other take longer than they save. */
export const oneThread = await createNativeBackend({ threads: 1 })
