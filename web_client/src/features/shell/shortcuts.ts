import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { tinykeys } from 'tinykeys'
import { openDialog } from './open_dialog'

const KEPT_AS = 'causeway.single-keys'

/** Single keys can be turned off: they get in the way of speech input and some keyboards. */
export const singleKeys = signal(localStorage.getItem(KEPT_AS) !== 'off')

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(KEPT_AS, on ? 'on' : 'off')
  singleKeys.value = on
}

export function useShortcuts(): void {
  useEffect(
    () =>
      tinykeys(window, {
        '$mod+KeyK': open('palette'),
        j: whenFree(() => step(1)),
        k: whenFree(() => step(-1)),
        r: whenFree(() => document.querySelector<HTMLElement>('[data-composer]')?.focus()),
        '/': whenFree(() => openDialog('palette')),
        '?': whenFree(() => openDialog('keys')),
        'Shift+?': whenFree(() => openDialog('keys')),
      }),
    [],
  )
}

function open(name: 'palette'): (event: KeyboardEvent) => void {
  return event => {
    event.preventDefault()
    openDialog(name)
  }
}

/** Runs only where a letter is not text and no dialog or menu is open. */
function whenFree(act: () => void): (event: KeyboardEvent) => void {
  return event => {
    const { target } = event
    const typing =
      target instanceof HTMLElement &&
      target.matches('input, textarea, select, [contenteditable], [role^="menuitem"]')
    if (
      !singleKeys.peek() ||
      typing ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      document.querySelector('dialog[open]')
    )
      return
    event.preventDefault()
    act()
  }
}

/** To the next or previous row of the list that is on screen. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLAnchorElement>('.list a.row')]
  const at = rows.findIndex(row => row.getAttribute('aria-current') === 'true')
  const next = at === -1 ? (by === 1 ? rows[0] : rows.at(-1)) : rows[at + by]
  next?.click()
  next?.scrollIntoView({ block: 'nearest' })
}
