import type { Contact, Document, Matter, User } from '../protocol'
import type { Appliers } from './apply'
import { Table } from './table'

/** The firm's own records, as far as screens have asked for them. Users are all held: their names are everywhere. */
export const users = new Table<User>()
export const contacts = new Table<Contact>()
export const matters = new Table<Matter>()
export const documents = new Table<Document>()

export const recordAppliers: Appliers = {
  'user.changed': user => users.put(user),
  'contact.changed': contact => contacts.put(contact),
  'matter.changed': matter => matters.put(matter),
  'document.changed': document => documents.put(document),
}
