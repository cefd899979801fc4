import { query } from '../../connection/http'
import { askPages } from '../../connection/pages'
import type { Contact } from '../../protocol'
import { contacts } from '../../state/records'

/** Contacts whose names contain the text, as many pages of 50 as asked for. */
export const listContacts = (find: string, pages: number) =>
  askPages(pages, async after => {
    const found = await query('contact.list', { find, ...after })
    contacts.put(...found.contacts)
    return { rows: found.contacts, more: found.more }
  })

export const findContacts = async (find: string): Promise<Contact[]> => (await listContacts(find, 1)).rows
