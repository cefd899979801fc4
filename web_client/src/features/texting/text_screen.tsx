import { useSignal } from '@preact/signals'
import { query } from '../../connection/http'
import type { Contact } from '../../protocol'
import { go, Link } from '../../router'
import { portals } from '../../state/portals'
import { contacts } from '../../state/records'
import { generation } from '../../state/session'
import { textFeeds, threads } from '../../state/threads'
import { Icon } from '../../ui/icon'
import { phoneName } from '../../ui/phone_name'
import { words } from '../../words'
import { say } from '../../words/firm'
import { useFeed } from '../conversation/use_feed'
import { PaneHead } from '../shell/pane_head'
import { DetailsButton, SidePane } from '../shell/side_pane'
import { useAsked } from '../shell/use_asked'
import { fetchThreadPage } from './send_text'
import { TextThread } from './text_thread'

/** All texts with one contact. Everyone at the firm sees them (rule T4). */
export function TextScreen({ contact }: { contact: string }) {
  const details = useSignal(false)
  const open = useFeed(textFeeds, contact, before => fetchThreadPage(contact, before))
  const card = contacts.get(contact)
  const thread = threads.get(contact)
  if (open.problem?.code === 'not_found') return <Gone />
  const name = card?.name ?? thread?.name ?? ''
  const phone = card ? card.texting_phone : thread?.phone
  return (
    <>
      <main class="pane thread texting" aria-labelledby="pane-title">
        <PaneHead
          name={name}
          back="/texts"
          backTo={say.portal.back}
          under={
            <>
              {phone && <span class="num">{phoneName(phone)}</span>}
              {thread && <span>{say.texts.onMatters(thread.matters.length)}</span>}
            </>
          }
        >
          <DetailsButton label={say.texts.details} open={details} />
        </PaneHead>
        <TextThread contact={contact} name={name} card={card} open={open} />
      </main>
      <SidePane label={say.texts.details} open={details}>
        {card && <ContactSide card={card} />}
      </SidePane>
    </>
  )
}

function ContactSide({ card }: { card: Contact }) {
  const { found } = useAsked(
    () => query('contact.get', { contact: card.id }),
    [card.id, card.version, generation.value],
  )
  return (
    <>
      <section>
        <h2>
          {card.name}
          <Link to={`/contacts/${card.id}`} class="link">
            {say.texts.edit}
          </Link>
        </h2>
        {card.phones.map(phone => (
          <p key={phone} class="file">
            <Icon name="phone" />
            <span class="name num">{phoneName(phone)}</span>
            <span class="quiet">{phone === card.texting_phone ? say.texts.texting : ''}</span>
          </p>
        ))}
        {card.emails.map(email => (
          <p key={email} class="file">
            <Icon name="mail" />
            <span class="name cut">{email}</span>
          </p>
        ))}
      </section>
      <section>
        <h2>{say.texts.matters}</h2>
        {found?.matters.length === 0 && <p class="quiet">{say.contacts.noMatters}</p>}
        {found?.matters.map(matter => (
          <Link
            key={matter.id}
            to={portals.get(matter.id) ? `/portals/${matter.id}` : `/matters/${matter.id}`}
            class="file"
          >
            <Icon name={portals.get(matter.id) ? 'lock' : 'folder'} />
            <span class="name caption cut">{matter.name}</span>
            <span class="quiet">{portals.get(matter.id) ? say.texts.clientPortal : ''}</span>
          </Link>
        ))}
      </section>
    </>
  )
}

function Gone() {
  return (
    <main class="pane">
      <div class="empty" role="alert">
        <Icon name="person" />
        <h1>{say.texts.gone}</h1>
        <button type="button" class="button quiet-button" onClick={() => go('/texts')}>
          {words.value.back}
        </button>
      </div>
    </main>
  )
}
