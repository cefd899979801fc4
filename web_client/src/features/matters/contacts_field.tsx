import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { query } from '../../connection/http'
import { contacts } from '../../state/records'
import { Avatar } from '../../ui/avatar'
import { Dialog } from '../../ui/dialog'
import { Icon } from '../../ui/icon'
import { Picker } from '../../ui/picker'
import { useFound } from '../../ui/use_found'
import { say } from '../../words/firm'
import { findContacts } from '../contacts/find_contacts'

/** One or several contacts, each removable, with a search to add. */
export function ContactsField({
  label,
  chosen,
  single,
}: {
  label: string
  chosen: Signal<string[]>
  single?: boolean
}) {
  const adding = useSignal(false)
  useNames(chosen.value)
  const remove = (id: string) => {
    chosen.value = chosen.value.filter(each => each !== id)
  }
  return (
    <fieldset class="address-lines">
      <legend>{label}</legend>
      {chosen.value.map(id => (
        <div key={id} class="chosen-person">
          <Avatar name={contacts.get(id)?.name ?? ''} id={id} side="client" small />
          <span class="cut">{contacts.get(id)?.name}</span>
          <button
            type="button"
            class="icon-button"
            aria-label={`${say.contacts.remove}: ${contacts.get(id)?.name ?? ''}`}
            onClick={() => remove(id)}
          >
            <Icon name="close" small />
          </button>
        </div>
      ))}
      {(!single || !chosen.value.length) && (
        <button type="button" class="text-button add-line" onClick={() => (adding.value = true)}>
          <Icon name="plus" small />
          {single ? say.matters.pickClient : say.people.add}
        </button>
      )}
      {adding.value && (
        <ChooseContact
          label={label}
          without={chosen.value}
          onClose={() => (adding.value = false)}
          onChoose={id => {
            chosen.value = [...chosen.value, id]
            adding.value = false
          }}
        />
      )}
    </fieldset>
  )
}

function ChooseContact({
  label,
  without,
  onChoose,
  onClose,
}: {
  label: string
  without: string[]
  onChoose(id: string): void
  onClose(): void
}) {
  const find = useSignal('')
  const found = useFound(find.value, findContacts)
  const left = (found ?? []).filter(contact => !without.includes(contact.id))
  return (
    <Dialog title={label} onClose={onClose}>
      <Picker
        label={label}
        placeholder={say.newDialog.findContact}
        choices={left.map(contact => ({
          id: contact.id,
          name: contact.name,
          note: contact.sign_in_email ?? '',
          face: <Avatar name={contact.name} id={contact.id} side="client" small />,
        }))}
        onFind={text => {
          find.value = text
        }}
        onPick={onChoose}
        none={found && say.newDialog.none}
      />
    </Dialog>
  )
}

/** Fetches the cards of chosen contacts that this page does not hold yet. */
function useNames(ids: readonly string[]): void {
  const missing = ids.filter(id => !contacts.get(id)).join()
  useEffect(() => {
    for (const id of missing.split(',').filter(Boolean))
      query('contact.get', { contact: id }).then(
        card => contacts.put(card.contact),
        () => {},
      )
  }, [missing])
}
