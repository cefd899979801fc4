import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
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
  const place = useRef<HTMLParagraphElement>(null)
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), [])
  return (
    <p ref={place} class="complaint" role="alert">
      <Icon name="alert" small />
      <span>{children}</span>
    </p>
  )
}
