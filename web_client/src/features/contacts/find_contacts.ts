import { query } from '../../connection/http'
import type { Contact } from '../../protocol'
import { contacts } from '../../state/records'

/** Contacts whose names contain the text, as many pages of 50 as asked for. */
export async function listContacts(find: string, pages: number): Promise<{ rows: Contact[]; more: boolean }> {
  const rows: Contact[] = []
  let more = true
  for (let page = 0; page < pages && more; page += 1) {
    const after = rows.at(-1)?.id
    const found = await query('contact.list', { find, ...(after && { after }) })
    contacts.put(...found.contacts)
    rows.push(...found.contacts)
    more = found.more
  }
  return { rows, more }
}

export const findContacts = async (find: string): Promise<Contact[]> => (await listContacts(find, 1)).rows
