import { useSignal } from '@preact/signals'
import type { Contact } from '../../protocol'
import { path, pieces } from '../../router'
import { contacts } from '../../state/records'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { phoneName } from '../../ui/phone_name'
import { useFound } from '../../ui/use_found'
import { say } from '../../words/firm'
import { RecordsList } from '../shell/records_list'
import { ContactCardPane } from './contact_card'
import { ContactForm } from './contact_form'
import { listContacts } from './find_contacts'

export function ContactsScreen() {
  const [, id] = pieces(path.value)
  const find = useSignal('')
  const pages = useSignal(1)
  const found = useFound(
    find.value,
    text => listContacts(text, pages.value),
    `${contacts.rows.value.size} ${pages.value}`,
  )
  const shown = found?.rows.map(contact => contacts.get(contact.id) ?? contact)
  return (
    <>
      <RecordsList
        title={say.contacts.title}
        create={{ to: '/contacts/new', name: say.inbox.start }}
        find={{ label: say.contacts.find, text: find.value, onFind: text => (find.value = text) }}
        {...(found?.more && { onMore: () => (pages.value += 1) })}
        open={id ?? null}
        rows={shown?.map(rowOf) ?? null}
        empty={
          find.value ? (
            <p>{say.contacts.noneFound}</p>
          ) : (
            <>
              <Icon name="person" />
              <h2>{say.contacts.none}</h2>
              <p>{say.contacts.noneLead}</p>
            </>
          )
        }
      />
      {id === 'new' ? (
        <main class="pane" aria-labelledby="pane-title">
          <ContactForm />
        </main>
      ) : id ? (
        <ContactCardPane key={id} id={id} />
      ) : (
        <main class="pane">
          <div class="empty">
            <Icon name="person" />
            <h2>{say.contacts.choose}</h2>
            <p>{say.contacts.noneLead}</p>
          </div>
        </main>
      )}
    </>
  )
}

function rowOf(contact: Contact) {
  const note = contact.sign_in_email ?? (contact.phones[0] ? phoneName(contact.phones[0]) : '')
  return {
    id: contact.id,
    to: `/contacts/${contact.id}`,
    name: contact.name,
    note,
    face: <Avatar name={contact.name} id={contact.id} side="client" />,
  }
}
