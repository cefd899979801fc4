import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Matter } from '../../protocol'
import { matters, users } from '../../state/records'
import { myId } from '../../state/session'
import { TextField } from '../../ui/text_field'
import { toast } from '../../ui/toast'
import { say } from '../../words/firm'
import { RecordForm } from '../shell/record_form'
import { ContactsField } from './contacts_field'

/** Makes or changes a matter. A portal keeps its participants, whoever the client is. */
export function MatterForm({ matter, onDone }: { matter?: Matter; onDone?(): void }) {
  const name = useSignal(matter?.name ?? '')
  const number = useSignal(matter?.number ?? '')
  const area = useSignal(matter?.area ?? '')
  const client = useSignal<string[]>(matter ? [matter.client] : [])
  const related = useSignal<string[]>(matter?.related ?? [])
  const responsible = useSignal<string[]>(matter?.responsible ?? [myId.peek()])
  const [clientId] = client.value
  const save = async () => {
    const card = {
      name: name.value.trim(),
      number: number.value.trim(),
      area: area.value.trim(),
      client: clientId ?? '',
      related: related.value,
      responsible: responsible.value,
    }
    const saved = matter
      ? await run('matter.update', { matter: matter.id, ...card })
      : await run('matter.create', card)
    matters.put(saved)
    toast(matter ? say.matters.saved : say.matters.created)
    return saved.id
  }
  return (
    <RecordForm
      title={matter ? say.matters.edit : say.matters.create}
      place="/matters"
      ready={name.value.trim() !== '' && clientId !== undefined}
      save={save}
      does={say.matters.save}
      onDone={onDone}
    >
      <TextField id="matter-name" label={say.matters.name} text={name} hint={say.matters.nameHint} required />
      <div class="two-fields">
        <TextField id="matter-number" label={say.matters.number} text={number} />
        <TextField id="matter-area" label={say.matters.area} text={area} />
      </div>
      <ContactsField label={say.matters.client} chosen={client} single />
      <ContactsField label={say.matters.related} chosen={related} />
      <fieldset class="address-lines">
        <legend>{say.matters.responsible}</legend>
        {users
          .list()
          .filter(user => user.active || responsible.value.includes(user.id))
          .map(user => (
            <label key={user.id} class="check">
              <input
                type="checkbox"
                checked={responsible.value.includes(user.id)}
                onChange={event => {
                  const rest = responsible.value.filter(id => id !== user.id)
                  responsible.value = event.currentTarget.checked ? [...rest, user.id] : rest
                }}
              />
              {user.name}
              <span class="quiet">{user.title}</span>
            </label>
          ))}
      </fieldset>
    </RecordForm>
  )
}
