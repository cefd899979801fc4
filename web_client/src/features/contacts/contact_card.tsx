import { query } from '../../connection/http'
import type { Contact, ContactCard } from '../../protocol'
import { go, Link } from '../../router'
import { contacts, matters } from '../../state/records'
import { generation } from '../../state/session'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { phoneName } from '../../ui/phone_name'
import { say } from '../../words/firm'
import { RecordHead } from '../shell/record_head'
import { RecordPane } from '../shell/record_pane'
import { useAsked } from '../shell/use_asked'
import { ContactForm } from './contact_form'

/** One contact: how to reach them, what signs in, what texts, and the matters they have a part in. */
export function ContactCardPane({ id }: { id: string }) {
  const touched = matters.list().filter(matter => matter.client === id || matter.related.includes(id)).length
  const asked = useAsked(async () => {
    const found = await query('contact.get', { contact: id })
    contacts.put(found.contact)
    return found
  }, [id, generation.value, contacts.get(id)?.version, touched])
  const held = (found: ContactCard) => contacts.get(id) ?? found.contact
  return (
    <RecordPane
      asked={asked}
      gone={say.texts.gone}
      show={(found, onEdit) => <Card contact={held(found)} card={found} onEdit={onEdit} />}
      edit={(found, onDone) => <ContactForm contact={held(found)} onDone={onDone} />}
    />
  )
}

function Card({ contact, card, onEdit }: { contact: Contact; card: ContactCard; onEdit(): void }) {
  return (
    <>
      <RecordHead
        name={contact.name}
        under={contact.opted_out ? say.contacts.optedOut : say.contacts.one}
        back="/contacts"
        face={<Avatar name={contact.name} id={contact.id} side="client" />}
      >
        {(contact.texting_phone || card.has_thread) && (
          <button type="button" class="button quiet-button" onClick={() => go(`/texts/${contact.id}`)}>
            <Icon name="phone" small />
            {say.contacts.write}
          </button>
        )}
        <button type="button" class="button quiet-button" onClick={onEdit}>
          <Icon name="pen" small />
          {say.texts.edit}
        </button>
      </RecordHead>
      <section class="record scrolls" tabIndex={0} aria-label={contact.name}>
        <section>
          <h2>{say.contacts.emails}</h2>
          {!contact.emails.length && <p class="quiet">{say.portal.noEmail}</p>}
          <ul class="facts">
            {contact.emails.map(email => (
              <li key={email}>
                <Icon name="mail" />
                <span class="cut">{email}</span>
                {email === contact.sign_in_email && <span class="pill pine">{say.contacts.signIn}</span>}
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h2>{say.contacts.phones}</h2>
          {!contact.phones.length && <p class="quiet">{say.contacts.noPhones}</p>}
          <ul class="facts">
            {contact.phones.map(phone => (
              <li key={phone}>
                <Icon name="phone" />
                <span class="num">{phoneName(phone)}</span>
                {phone === contact.texting_phone && (
                  <span class={`pill ${contact.opted_out ? 'rust' : 'pine'}`}>
                    {contact.opted_out ? say.contacts.optedOut : say.contacts.textingHere}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h2>{say.contacts.matters}</h2>
          {!card.matters.length && <p class="quiet">{say.contacts.noMatters}</p>}
          <ul class="facts">
            {card.matters.map(matter => (
              <li key={matter.id}>
                <Icon name="folder" />
                <Link to={`/matters/${matter.id}`} class="caption cut">
                  {matter.name}
                </Link>
                <span class="pill">
                  {matter.client === contact.id ? say.contacts.client : say.contacts.related}
                </span>
              </li>
            ))}
          </ul>
        </section>
        {contact.note && (
          <section>
            <h2>{say.contacts.note}</h2>
            <p class="note-text">{contact.note}</p>
          </section>
        )}
      </section>
    </>
  )
}
