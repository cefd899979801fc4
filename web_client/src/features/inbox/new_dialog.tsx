import { useSignal } from '@preact/signals'
import { go, Link } from '../../router'
import { portals } from '../../state/portals'
import { Avatar } from '../../ui/avatar'
import { Dialog } from '../../ui/dialog'
import { Icon } from '../../ui/icon'
import { phoneName } from '../../ui/phone_name'
import { type Choice, Picker } from '../../ui/picker'
import { useFound } from '../../ui/use_found'
import { say } from '../../words/firm'
import { findContacts } from '../contacts/find_contacts'
import { findMatters } from '../matters/find_matters'

/** Begins a portal in a matter, or a text to a contact. */
export function NewDialog({ onClose }: { onClose(): void }) {
  const kind = useSignal<'portal' | 'text'>('portal')
  const find = useSignal('')
  const words = say.newDialog
  const found = useFound<Choice[]>(
    find.value,
    kind.value === 'portal' ? matterChoices : contactChoices,
    kind.value,
  )
  const pick = (id: string) => {
    onClose()
    go(kind.value === 'portal' ? `/portals/${id}` : `/texts/${id}`)
  }
  const choose = (next: 'portal' | 'text') => {
    kind.value = next
  }
  return (
    <Dialog title={words.title} onClose={onClose}>
      <fieldset class="choices">
        <legend class="sr-only">{words.kind}</legend>
        <Kind
          name={words.portal}
          hint={words.portalHint}
          checked={kind.value === 'portal'}
          onChoose={() => choose('portal')}
        />
        <Kind
          name={words.text}
          hint={words.textHint}
          checked={kind.value === 'text'}
          onChoose={() => choose('text')}
        />
      </fieldset>
      <Picker
        key={kind.value}
        label={kind.value === 'portal' ? words.matter : words.contact}
        placeholder={kind.value === 'portal' ? words.findMatter : words.findContact}
        choices={found ?? []}
        onFind={text => {
          find.value = text
        }}
        onPick={pick}
        none={
          found && (
            <>
              {words.none}.{' '}
              <Link to={kind.value === 'portal' ? '/matters/new' : '/contacts/new'} class="link">
                {kind.value === 'portal' ? words.createMatter : words.createContact}
              </Link>
            </>
          )
        }
      />
    </Dialog>
  )
}

function Kind({
  name,
  hint,
  checked,
  onChoose,
}: {
  name: string
  hint: string
  checked: boolean
  onChoose(): void
}) {
  return (
    <label class="choice">
      <input type="radio" name="kind" checked={checked} onChange={onChoose} />
      <span>
        <span class="name">{name}</span>
        <span class="hint">{hint}</span>
      </span>
    </label>
  )
}

async function matterChoices(find: string): Promise<Choice[]> {
  const found = await findMatters(find)
  return found.map(matter => ({
    id: matter.id,
    name: matter.name,
    note: [matter.number, portals.get(matter.id) && say.portal.strip.replace('.', '')]
      .filter(Boolean)
      .join(', '),
    serif: true,
    face: <Icon name={portals.get(matter.id) ? 'lock' : 'folder'} />,
  }))
}

async function contactChoices(find: string): Promise<Choice[]> {
  const found = await findContacts(find)
  return found.map(contact => ({
    id: contact.id,
    name: contact.name,
    face: <Avatar name={contact.name} id={contact.id} side="client" small />,
    ...(contact.texting_phone
      ? { note: phoneName(contact.texting_phone) }
      : { refused: say.newDialog.noPhone }),
  }))
}
