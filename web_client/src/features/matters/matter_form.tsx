import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Matter } from '../../protocol'
import { go } from '../../router'
import { matters, users } from '../../state/records'
import { myId } from '../../state/session'
import { Complaint, Field } from '../../ui/field'
import { toast } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'
import { RecordHead } from '../shell/record_head'
import { ContactsField } from './contacts_field'

/** Makes or changes a matter. A portal keeps its participants, whoever the client is. */
export function MatterForm({ matter, onDone }: { matter?: Matter; onDone?(): void }) {
  const name = useSignal(matter?.name ?? '')
  const number = useSignal(matter?.number ?? '')
  const area = useSignal(matter?.area ?? '')
  const client = useSignal<string[]>(matter ? [matter.client] : [])
  const related = useSignal<string[]>(matter?.related ?? [])
  const responsible = useSignal<string[]>(matter?.responsible ?? [myId.peek()])
  const busy = useSignal(false)
  const problem = useSignal('')
  const [clientId] = client.value
  const leave = () => (onDone ? onDone() : go('/matters'))
  const save = async () => {
    if (!clientId) return
    busy.value = true
    problem.value = ''
    const card = {
      name: name.value.trim(),
      number: number.value.trim(),
      area: area.value.trim(),
      client: clientId,
      related: related.value,
      responsible: responsible.value,
    }
    try {
      const saved = matter
        ? await run('matter.update', { matter: matter.id, ...card })
        : await run('matter.create', card)
      matters.put(saved)
      toast(matter ? say.matters.saved : say.matters.created)
      if (onDone) onDone()
      else go(`/matters/${saved.id}`)
    } catch (error) {
      problem.value = error instanceof Error ? error.message : ''
      busy.value = false
    }
  }
  return (
    <form
      class="record-form"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void save()
      }}
    >
      <RecordHead name={matter ? say.matters.edit : say.matters.create} back="/matters" />
      <div class="record scrolls">
        {problem.value && <Complaint>{problem.value}</Complaint>}
        <Field label={say.matters.name} id="matter-name" hint={say.matters.nameHint}>
          <input
            id="matter-name"
            class="input"
            required
            autocomplete="off"
            value={name.value}
            aria-describedby="matter-name-hint"
            onInput={event => (name.value = event.currentTarget.value)}
          />
        </Field>
        <div class="two-fields">
          <Field label={say.matters.number} id="matter-number">
            <input
              id="matter-number"
              class="input"
              autocomplete="off"
              value={number.value}
              onInput={event => (number.value = event.currentTarget.value)}
            />
          </Field>
          <Field label={say.matters.area} id="matter-area">
            <input
              id="matter-area"
              class="input"
              autocomplete="off"
              value={area.value}
              onInput={event => (area.value = event.currentTarget.value)}
            />
          </Field>
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
        <div class="form-end">
          <button type="button" class="button quiet-button" onClick={leave}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button" disabled={busy.value || !name.value.trim() || !clientId}>
            {say.matters.save}
          </button>
        </div>
      </div>
    </form>
  )
}
