import { useSignal } from '@preact/signals'
import { go } from '../../router'
import { portals } from '../../state/portals'
import { threads } from '../../state/threads'
import { Avatar } from '../../ui/avatar'
import { Dialog } from '../../ui/dialog'
import { Icon, type IconName } from '../../ui/icon'
import { type Choice, Picker } from '../../ui/picker'
import { useFound } from '../../ui/use_found'
import { say } from '../../words/firm'
import { findContacts } from '../contacts/find_contacts'
import { findMatters } from '../matters/find_matters'

const MOST = 8

/** Goes to a person, a matter, a conversation or a place by a few letters of its name. Ids are addresses. */
export function Palette({ onClose }: { onClose(): void }) {
  const find = useSignal('')
  const found = useFound(find.value, choicesFor)
  return (
    <Dialog title={say.palette.title} onClose={onClose}>
      <Picker
        label={say.palette.title}
        placeholder={say.palette.find}
        choices={found ?? []}
        onFind={text => {
          find.value = text
        }}
        onPick={to => {
          onClose()
          go(to)
        }}
        none={found && say.palette.none}
      />
    </Dialog>
  )
}

async function choicesFor(find: string): Promise<Choice[]> {
  const [matters, contacts] = await Promise.all([findMatters(find), findContacts(find)])
  const inPortals = matters.filter(matter => portals.get(matter.id))
  return [
    ...inPortals
      .slice(0, MOST)
      .map(matter => choice(`/portals/${matter.id}`, matter.name, say.palette.portal, 'lock', true)),
    ...contacts
      .filter(contact => threads.get(contact.id))
      .slice(0, MOST)
      .map(contact => choice(`/texts/${contact.id}`, contact.name, say.palette.text, 'phone')),
    ...contacts.slice(0, MOST).map(contact => ({
      ...choice(`/contacts/${contact.id}`, contact.name, say.palette.contact, 'person'),
      face: <Avatar name={contact.name} id={contact.id} side="client" small />,
    })),
    ...matters
      .slice(0, MOST)
      .map(matter => choice(`/matters/${matter.id}`, matter.name, say.palette.matter, 'folder', true)),
    ...PLACES.filter(place => place.name.toLowerCase().includes(find.toLowerCase())),
  ]
}

function choice(id: string, name: string, note: string, icon: IconName, serif = false): Choice {
  return { id, name, note, face: <Icon name={icon} />, serif }
}

const PLACES: readonly Choice[] = [
  choice('/', say.inbox.portals, say.palette.place, 'chat'),
  choice('/texts', say.inbox.texts, say.palette.place, 'phone'),
  choice('/contacts', say.rail.contacts, say.palette.place, 'person'),
  choice('/matters', say.rail.matters, say.palette.place, 'folder'),
  choice('/people', say.users.title, say.palette.place, 'users'),
]
