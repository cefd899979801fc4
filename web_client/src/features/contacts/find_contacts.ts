import { query } from '../../connection/http'
import type { Contact } from '../../protocol'
import { contacts } from '../../state/records'

export async function findContacts(find: string): Promise<Contact[]> {
  const found = await query('contact.list', { find, limit: 50 })
  contacts.put(...found.contacts)
  return found.contacts
}
