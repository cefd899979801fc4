import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icon'

const GAP_PX = 6
const MARGIN_PX = 8
const Close = createContext<() => void>(() => {})

interface MenuProps {
  label: string
  /** The button's own words name it; without them it is named by the label. */
  worded?: boolean
  button: ComponentChildren
  buttonClass?: string
  children: ComponentChildren
}

/** A button that opens a menu beside it: arrows move, Escape and Tab close, focus returns to the button. */
export function Menu({ label, worded, button, buttonClass = 'icon-button', children }: MenuProps) {
  const [open, setOpen] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = () => {
    setOpen(false)
    opener.current?.focus()
  }
  return (
    <>
      <button
        ref={opener}
        type="button"
        class={buttonClass}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {worded ? (
          button
        ) : (
          <>
            <span class="sr-only">{label}</span>
            <span class="plain" aria-hidden="true">
              {button}
            </span>
          </>
        )}
      </button>
      {open && (
        <Close.Provider value={close}>
          <Items id={id} label={label} opener={opener.current} close={close} dismiss={() => setOpen(false)}>
            {children}
          </Items>
        </Close.Provider>
      )}
    </>
  )
}

interface ItemsProps {
  id: string
  label: string
  opener: HTMLElement | null
  close(): void
  dismiss(): void
  children: ComponentChildren
}

function Items({ id, label, opener, close, dismiss, children }: ItemsProps) {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    list.current?.showPopover()
    if (list.current && opener) place(list.current, opener.getBoundingClientRect())
    entries(list.current)[0]?.focus()
  }, [opener])
  useEffect(() => {
    const outside = (event: Event) => {
      const { target } = event
      if (target instanceof Node && !list.current?.contains(target) && !opener?.contains(target)) dismiss()
    }
    document.addEventListener('pointerdown', outside, true)
    addEventListener('resize', dismiss)
    return () => {
      document.removeEventListener('pointerdown', outside, true)
      removeEventListener('resize', dismiss)
    }
  }, [opener, dismiss])
  const move = (event: KeyboardEvent) => {
    const found = entries(list.current)
    const at = found.indexOf(document.activeElement as HTMLElement)
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: found.length - 1 }[event.key]
    if (next !== undefined) found[(next + found.length) % found.length]?.focus()
    else if (event.key === 'Escape' || event.key === 'Tab') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      ref={list}
      id={id}
      class="menu"
      role="menu"
      aria-label={label}
      popover="manual"
      tabIndex={-1}
      onKeyDown={move}
    >
      {children}
    </div>
  )
}

interface MenuItemProps {
  icon?: IconName
  danger?: boolean
  checked?: boolean
  onChoose(): void
  children: ComponentChildren
}

export function MenuItem({ icon, danger, checked, onChoose, children }: MenuItemProps) {
  const close = useContext(Close)
  const choose = () => {
    close()
    onChoose()
  }
  const role =
    checked === undefined
      ? ({ role: 'menuitem' } as const)
      : ({ role: 'menuitemradio', 'aria-checked': checked } as const)
  return (
    <button type="button" {...role} tabIndex={-1} class={danger ? 'danger' : ''} onClick={choose}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {checked && <Icon name="check" small class="chosen" />}
    </button>
  )
}

function entries(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
}

/** Below the button, or above it where there is more room; never beyond the window's edge. */
function place(list: HTMLElement, by: DOMRect): void {
  const { width, height } = list.getBoundingClientRect()
  const below = by.bottom + GAP_PX
  const fits = below + height <= innerHeight - MARGIN_PX
  const top = fits ? below : Math.max(MARGIN_PX, by.top - GAP_PX - height)
  const wished = by.left + width > innerWidth - MARGIN_PX ? by.right - width : by.left
  list.style.top = `${top}px`
  list.style.left = `${Math.max(MARGIN_PX, Math.min(wished, innerWidth - MARGIN_PX - width))}px`
}
