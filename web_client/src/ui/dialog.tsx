import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { words } from '../words'
import { Icon } from './icon'

interface DialogProps {
  title: string
  onClose(): void
  children: ComponentChildren
  footer?: ComponentChildren
  /** With it the dialog is a form, and Enter sends it. */
  onSubmit?(): void
}

/** A modal dialog: the browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, onClose, children, footer, onSubmit }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const node = dialog.current
    const before = document.activeElement
    node?.showModal()
    node?.querySelector<HTMLElement>('[data-first]')?.focus()
    return () => {
      node?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const content = (
    <>
      <header>
        <h2 id={heading}>{title}</h2>
        <button type="button" class="icon-button" aria-label={words.value.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="body">{children}</div>
      {footer && <footer>{footer}</footer>}
    </>
  )
  const submit = (event: Event) => {
    event.preventDefault()
    onSubmit?.()
  }
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={heading}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={event => event.target === dialog.current && onClose()}
    >
      {onSubmit ? (
        <form class="dialog-form" onSubmit={submit} noValidate>
          {content}
        </form>
      ) : (
        content
      )}
    </dialog>
  )
}
