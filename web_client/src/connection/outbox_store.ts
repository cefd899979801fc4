import { createStore, del, get, set } from 'idb-keyval'
import type { OutboxStore, Pending } from './outbox'

const database = createStore('causeway', 'kept')

/** The outbox of one device in IndexedDB. Writes follow one another, so the last state is what stays. */
export function deviceStore(device: string): OutboxStore {
  let writing: Promise<void> = Promise.resolve()
  return {
    load: async () => (await get<Pending[]>(boxName(device), database)) ?? [],
    save(entries) {
      writing = writing.catch(() => {}).then(() => set(boxName(device), entries, database))
      return writing
    },
  }
}

export function forgetBoxes(devices: string[]): Promise<unknown> {
  return Promise.all(devices.map(device => del(boxName(device), database)))
}

const boxName = (device: string) => `outbox.${device}`
