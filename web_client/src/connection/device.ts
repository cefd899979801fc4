/**
 * A device is a slot of this browser that one tab holds at a time.
 *
 * Commands are numbered by device and must arrive in order, so two tabs may never share one. A tab takes the
 * first free slot and with it whatever an earlier tab left unsent there.
 */
const SLOTS = 'causeway.devices'
const SLOTS_KEPT = 12

export interface Device {
  id: string
  /** The next command number; it is stored before it is used, so no number is ever used for two commands. */
  nextNumber(): number
}

export async function takeDevice(person: string): Promise<Device> {
  const slots = readSlots(person)
  for (const id of slots) if (await tryHold(id)) return device(id)
  const id = crypto.randomUUID()
  await tryHold(id)
  localStorage.setItem(slotsName(person), JSON.stringify([...slots, id].slice(-SLOTS_KEPT)))
  return device(id)
}

export function forgetDevices(person: string): string[] {
  const slots = readSlots(person)
  for (const id of slots) localStorage.removeItem(numberName(id))
  localStorage.removeItem(slotsName(person))
  return slots
}

function device(id: string): Device {
  return {
    id,
    nextNumber() {
      const number = Number(localStorage.getItem(numberName(id)) ?? 0) + 1
      localStorage.setItem(numberName(id), String(number))
      return number
    },
  }
}

/** Holds the slot until the tab goes; without locks (an insecure page) every tab takes a slot of its own. */
function tryHold(id: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(false)
  return new Promise(resolve => {
    void navigator.locks.request(`causeway.device.${id}`, { ifAvailable: true }, lock => {
      resolve(lock !== null)
      return lock ? new Promise(() => {}) : undefined
    })
  })
}

function readSlots(person: string): string[] {
  const stored: unknown = JSON.parse(localStorage.getItem(slotsName(person)) ?? '[]')
  return Array.isArray(stored) ? stored.filter(slot => typeof slot === 'string') : []
}

const slotsName = (person: string) => `${SLOTS}.${person}`
const numberName = (id: string) => `causeway.device.${id}.number`
