import type { Contact } from '../../protocol'
import { contacts } from '../../state/records'
import { Avatar } from '../../ui/avatar'
import { phoneName } from '../../ui/phone_name'
import { say } from '../../words/firm'
import { RecordsScreen } from '../shell/records_screen'
import { ContactCardPane } from './contact_card'
import { ContactForm } from './contact_form'
import { listContacts } from './find_contacts'

export function ContactsScreen() {
  return (
    <RecordsScreen
      place="/contacts"
      icon="person"
      say={say.contacts}
      list={listContacts}
      held={contacts.rows.value.size}
      rowOf={rowOf}
      form={<ContactForm />}
      card={id => <ContactCardPane key={id} id={id} />}
    />
  )
}

function rowOf(found: Contact) {
  const contact = contacts.get(found.id) ?? found
  return {
    id: contact.id,
    to: `/contacts/${contact.id}`,
    name: contact.name,
    note: contact.sign_in_email ?? (contact.phones[0] ? phoneName(contact.phones[0]) : ''),
    face: <Avatar name={contact.name} id={contact.id} side="client" />,
  }
}
