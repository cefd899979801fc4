import type { ComponentChildren } from 'preact'
import { Icon } from './icon'

interface FieldProps {
  label: string
  id: string
  hint?: ComponentChildren
  children: ComponentChildren
}

/** A labelled control; `id` is the control's own, its hint is `${id}-hint`. */
export function Field({ label, id, hint, children }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

/** Why something was refused, where the person is looking. */
export function Complaint({ children }: { children: ComponentChildren }) {
  return (
    <p class="complaint" role="alert">
      <Icon name="alert" small />
      <span>{children}</span>
    </p>
  )
}

interface SelectProps {
  id: string
  value: string
  options: readonly { value: string; name: string }[]
  onChoose(value: string): void
}

export function Select({ id, value, options, onChoose }: SelectProps) {
  return (
    <div class="select">
      <select class="input" id={id} value={value} onChange={event => onChoose(event.currentTarget.value)}>
        {options.map(option => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
      <Icon name="down" small />
    </div>
  )
}
