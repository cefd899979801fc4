import type { MatterCard } from '../../protocol'
import { go, Link } from '../../router'
import { portals } from '../../state/portals'
import { contacts, matters, users } from '../../state/records'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { say } from '../../words/firm'
import { RecordHead } from '../shell/record_head'
import { RecordPane } from '../shell/record_pane'
import { MatterDocuments } from './matter_documents'
import { MatterForm } from './matter_form'
import { useMatterCard } from './use_matter_card'

/** One case: its people, its portal and its documents. */
export function MatterCardPane({ id }: { id: string }) {
  return (
    <RecordPane
      asked={useMatterCard(id)}
      gone={say.matters.gone}
      show={(card, onEdit) => <Card card={card} onEdit={onEdit} />}
      edit={(card, onDone) => <MatterForm matter={matters.get(id) ?? card.matter} onDone={onDone} />}
    />
  )
}

function Card({ card, onEdit }: { card: MatterCard; onEdit(): void }) {
  const matter = matters.get(card.matter.id) ?? card.matter
  const standing = portals.get(matter.id) ? 'open' : card.portal
  const people = [matter.client, ...matter.related].map(
    id => contacts.get(id) ?? card.contacts.find(contact => contact.id === id),
  )
  return (
    <>
      <RecordHead
        name={matter.name}
        under={[matter.number, matter.area].filter(Boolean).join(' · ')}
        serif
        back="/matters"
      >
        {standing !== 'hidden' && (
          <button type="button" class="button" onClick={() => go(`/portals/${matter.id}`)}>
            <Icon name="chat" small />
            {standing === 'none' ? say.matters.startPortal : say.matters.openPortal}
          </button>
        )}
        <button type="button" class="button quiet-button" onClick={onEdit}>
          <Icon name="pen" small />
          {say.texts.edit}
        </button>
      </RecordHead>
      <section class="record scrolls" tabIndex={0} aria-label={matter.name}>
        <section>
          <h2>{say.matters.portal}</h2>
          <p class="quiet">{PORTAL_STANDING[standing]}</p>
        </section>
        <section>
          <h2>{say.matters.people}</h2>
          <ul class="facts">
            {people.map(
              person =>
                person && (
                  <li key={person.id}>
                    <Avatar name={person.name} id={person.id} side="client" small />
                    <Link to={`/contacts/${person.id}`} class="cut">
                      {person.name}
                    </Link>
                    <span class="pill">
                      {person.id === matter.client ? say.contacts.client : say.contacts.related}
                    </span>
                  </li>
                ),
            )}
            {matter.responsible.map(id => {
              const user = users.get(id)
              return (
                user && (
                  <li key={id}>
                    <Avatar name={user.name} id={id} side="firm" small />
                    <span class="cut">{user.name}</span>
                    <span class="pill">{user.title || say.people.colleague}</span>
                  </li>
                )
              )
            })}
          </ul>
        </section>
        <MatterDocuments card={card} />
      </section>
    </>
  )
}

const PORTAL_STANDING: Readonly<Record<string, string>> = {
  none: say.matters.portalNone,
  open: say.matters.portalOpen,
  closed_to_you: say.matters.portalClosed,
  hidden: say.matters.portalHidden,
}
