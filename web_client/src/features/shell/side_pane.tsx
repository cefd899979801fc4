import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../../ui/icon'
import { words } from '../../words'

/** What belongs to the open conversation: a column where there is room, else a drawer over it. */
export function SidePane({
  label,
  open,
  children,
}: {
  label: string
  open: Signal<boolean>
  children: ComponentChildren
}) {
  const pane = useRef<HTMLElement>(null)
  const close = () => {
    open.value = false
  }
  useEffect(() => {
    if (!open.value) return
    const before = document.activeElement
    pane.current?.focus()
    const onEscape = (event: KeyboardEvent) =>
      event.key === 'Escape' && !document.querySelector('dialog[open]') && close()
    addEventListener('keydown', onEscape)
    return () => {
      removeEventListener('keydown', onEscape)
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [open.value])
  return (
    <>
      {open.value && <div class="scrim" aria-hidden="true" onClick={close} />}
      <aside ref={pane} class={`side scrolls${open.value ? ' open' : ''}`} aria-label={label} tabIndex={-1}>
        <button type="button" class="icon-button drawer-close" aria-label={words.value.close} onClick={close}>
          <Icon name="close" />
        </button>
        {children}
      </aside>
    </>
  )
}

/** Opens and closes the drawer, where the pane is one. */
export function DetailsButton({ label, open }: { label: string; open: Signal<boolean> }) {
  return (
    <button
      type="button"
      class="icon-button details-button"
      aria-label={label}
      aria-expanded={open.value}
      onClick={() => (open.value = !open.value)}
    >
      <Icon name="panel" />
    </button>
  )
}
