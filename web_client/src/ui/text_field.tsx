import type { Signal } from '@preact/signals'
import { Field } from './field'

interface TextFieldProps {
  id: string
  label: string
  text: Signal<string>
  hint?: string
  type?: 'text' | 'email' | 'password'
  autocomplete?: 'off' | 'email' | 'username' | 'new-password'
  required?: boolean
  /** Several lines. */
  long?: boolean
  /** Takes the focus when its dialog opens. */
  first?: boolean
}

/** A labelled box for text, kept in a signal as it is typed. */
export function TextField(props: TextFieldProps) {
  const { id, label, text, hint, type = 'text', autocomplete = 'off', required, long, first } = props
  const kind = { type }
  const given = {
    id,
    class: 'input',
    value: text.value,
    required: required ?? false,
    'aria-describedby': hint ? `${id}-hint` : undefined,
    ...(first && { 'data-first': true }),
    onInput: (event: { currentTarget: { value: string } }) => (text.value = event.currentTarget.value),
  }
  return (
    <Field label={label} id={id} hint={hint}>
      {long ? (
        <textarea {...given} />
      ) : (
        <input {...(kind as { type: 'text' })} autocomplete={autocomplete} {...given} />
      )}
    </Field>
  )
}
