import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Contact } from '../../protocol'
import { contacts } from '../../state/records'
import { phoneName } from '../../ui/phone_name'
import { TextField } from '../../ui/text_field'
import { toast } from '../../ui/toast'
import { say } from '../../words/firm'
import { RecordForm } from '../shell/record_form'
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
  const save = async () => {
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
    const saved = contact
      ? await run('contact.update', { contact: contact.id, ...card })
      : await run('contact.create', card)
    contacts.put(saved)
    toast(contact ? say.contacts.saved : say.contacts.created)
    return saved.id
  }
  return (
    <RecordForm
      title={contact ? say.contacts.edit : say.contacts.create}
      place="/contacts"
      ready={name.value.trim() !== ''}
      save={save}
      does={say.contacts.save}
      onDone={onDone}
    >
      <TextField id="contact-name" label={say.contacts.name} text={name} required />
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
      <TextField id="contact-note" label={say.contacts.note} text={note} long />
    </RecordForm>
  )
}

function keyOf(lines: readonly Line[], text: string | null | undefined): number | null {
  return lines.find(line => text && line.text === text)?.key ?? null
}
