import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Contact } from '../../protocol'
import { go } from '../../router'
import { contacts } from '../../state/records'
import { Complaint, Field } from '../../ui/field'
import { phoneName } from '../../ui/phone_name'
import { toast } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'
import { RecordHead } from '../shell/record_head'
import { AddressLines, type Line, lineOf } from './address_lines'

/** Makes or changes a contact. Order matters: without a choice the first email signs in. */
export function ContactForm({ contact, onDone }: { contact?: Contact; onDone?(): void }) {
  const name = useSignal(contact?.name ?? '')
  const emails = useSignal<Line[]>((contact?.emails ?? ['']).map(lineOf))
  const phones = useSignal<Line[]>((contact?.phones.map(phoneName) ?? ['']).map(lineOf))
  const signIn = useSignal<number | null>(keyOf(emails.value, contact?.sign_in_email))
  const texting = useSignal<number | null>(
    keyOf(phones.value, contact?.texting_phone && phoneName(contact.texting_phone)),
  )
  const note = useSignal(contact?.note ?? '')
  const busy = useSignal(false)
  const problem = useSignal('')

  const leave = () => (onDone ? onDone() : go('/contacts'))
  const save = async () => {
    busy.value = true
    problem.value = ''
    const filled = (lines: Line[]) => lines.map(line => line.text.trim()).filter(Boolean)
    const chosen = (lines: Line[], key: number | null) =>
      lines.find(line => line.key === key)?.text.trim() || null
    const card = {
      name: name.value.trim(),
      emails: filled(emails.value),
      phones: filled(phones.value),
      sign_in_email: chosen(emails.value, signIn.value),
      texting_phone: chosen(phones.value, texting.value),
      note: note.value.trim(),
    }
    try {
      const saved = contact
        ? await run('contact.update', { contact: contact.id, ...card })
        : await run('contact.create', card)
      contacts.put(saved)
      toast(contact ? say.contacts.saved : say.contacts.created)
      if (onDone) onDone()
      else go(`/contacts/${saved.id}`)
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
      <RecordHead name={contact ? say.contacts.edit : say.contacts.create} back="/contacts" />
      <div class="record scrolls">
        {problem.value && <Complaint>{problem.value}</Complaint>}
        <Field label={say.contacts.name} id="contact-name">
          <input
            id="contact-name"
            class="input"
            required
            autocomplete="off"
            value={name.value}
            onInput={event => (name.value = event.currentTarget.value)}
          />
        </Field>
        <AddressLines
          title={say.contacts.emails}
          type="email"
          label={say.contacts.email}
          add={say.contacts.addEmail}
          choose={say.contacts.signsIn}
          lines={emails}
          chosen={signIn}
          hint={contact ? say.contacts.emailChange : undefined}
        />
        <AddressLines
          title={say.contacts.phones}
          type="tel"
          label={say.contacts.phone}
          add={say.contacts.addPhone}
          choose={say.contacts.textsTo}
          lines={phones}
          chosen={texting}
          mayChooseNone
        />
        <Field label={say.contacts.note} id="contact-note">
          <textarea
            id="contact-note"
            class="input"
            value={note.value}
            onInput={event => (note.value = event.currentTarget.value)}
          />
        </Field>
        <div class="form-end">
          <button type="button" class="button quiet-button" onClick={leave}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button" disabled={busy.value || !name.value.trim()}>
            {say.contacts.save}
          </button>
        </div>
      </div>
    </form>
  )
}

function keyOf(lines: readonly Line[], text: string | null | undefined): number | null {
  return lines.find(line => text && line.text === text)?.key ?? null
}
