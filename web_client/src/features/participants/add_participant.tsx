import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import { presentIn } from '../../state/portals'
import { contacts, users } from '../../state/records'
import { Avatar } from '../../ui/avatar'
import { Dialog } from '../../ui/dialog'
import { FormDialog } from '../../ui/form_dialog'
import { type Choice, Picker } from '../../ui/picker'
import { toast } from '../../ui/toast'
import { useFound } from '../../ui/use_found'
import { say } from '../../words/firm'
import { findContacts } from '../contacts/find_contacts'

type History = 'all' | 'from_now'

interface Chosen {
  id: string
  name: string
  side: 'firm' | 'client'
  email: string | null
}

/** Chooses a colleague or contact, and for a contact what it will see of what came before. */
export function AddParticipant({
  portal,
  onDone,
  onClose,
}: {
  portal: string
  onDone(): void
  onClose(): void
}) {
  const find = useSignal('')
  const chosen = useSignal<Chosen | null>(null)
  const found = useFound(find.value, text => choicesFor(portal, text))
  if (chosen.value) return <ChooseHistory portal={portal} person={chosen.value} onDone={onDone} />
  return (
    <Dialog title={say.people.add} onClose={onClose}>
      <Picker
        label={say.people.add}
        placeholder={say.people.find}
        choices={found ?? []}
        none={found && say.newDialog.none}
        onFind={text => {
          find.value = text
        }}
        onPick={id => {
          chosen.value = personFor(id)
        }}
      />
    </Dialog>
  )
}

function ChooseHistory({ portal, person, onDone }: { portal: string; person: Chosen; onDone(): void }) {
  const history = useSignal<History>('all')
  const add = async () => {
    await run('participant.add', { portal, person: person.id, history: history.value })
    toast(say.people.added(person.name))
  }
  const part = (value: History, name: string, hint: string) => (
    <label class="choice">
      <input
        type="radio"
        name="history"
        checked={history.value === value}
        onChange={() => (history.value = value)}
      />
      <span>
        <span class="name">{name}</span>
        <span class="hint">{hint}</span>
      </span>
    </label>
  )
  const title = say.people.addButton(person.name)
  return (
    <FormDialog title={title} does={title} act={add} onClose={onDone}>
      {person.side === 'firm' ? (
        <p class="lead">{say.people.firmHistory}</p>
      ) : (
        <>
          <fieldset class="choices stacked">
            <legend class="label">{say.people.history}</legend>
            {part('all', say.people.all, say.people.allHint)}
            {part('from_now', say.people.fromNow, say.people.fromNowHint)}
          </fieldset>
          <p class="quiet">{person.email ? say.people.invitation : say.people.noEmail(person.name)}</p>
        </>
      )}
    </FormDialog>
  )
}

function personFor(id: string): Chosen | null {
  const user = users.get(id)
  if (user) return { id, name: user.name, side: 'firm', email: user.email }
  const contact = contacts.get(id)
  return contact ? { id, name: contact.name, side: 'client', email: contact.sign_in_email } : null
}

async function choicesFor(portal: string, find: string): Promise<Choice[]> {
  const here = new Set(presentIn(portal).map(stay => stay.person))
  const already = (id: string) => (here.has(id) ? { refused: say.people.already } : {})
  const colleagues = users
    .list()
    .filter(user => user.active && user.name.toLowerCase().includes(find.toLowerCase()))
  const people = await findContacts(find)
  return [
    ...people.map(contact => ({
      id: contact.id,
      name: contact.name,
      note: contact.sign_in_email ?? say.portal.noEmail,
      face: <Avatar name={contact.name} id={contact.id} side="client" small />,
      ...already(contact.id),
    })),
    ...colleagues.map(user => ({
      id: user.id,
      name: user.name,
      note: user.title || say.people.colleague,
      face: <Avatar name={user.name} id={user.id} side="firm" small />,
      ...already(user.id),
    })),
  ]
}
