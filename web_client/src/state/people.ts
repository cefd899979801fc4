import { participantOf } from './portals'
import { contacts, users } from './records'
import { myId } from './session'

export interface Person {
  id: string
  name: string
  title: string
  side: 'firm' | 'client'
  me: boolean
}

/** Who somebody is, from whatever this page holds; a portal knows everybody who ever took part in it. */
export function personOf(id: string, portal?: string): Person | undefined {
  const me = id === myId.value
  const stay = portal ? participantOf(portal, id) : undefined
  if (stay) return { id, name: stay.name, title: stay.title ?? '', side: stay.side, me }
  const user = users.get(id)
  if (user) return { id, name: user.name, title: user.title, side: 'firm', me }
  const contact = contacts.get(id)
  return contact && { id, name: contact.name, title: '', side: 'client', me }
}

export const firstName = (name: string): string => name.split(' ')[0] ?? name
