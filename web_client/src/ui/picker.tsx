import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { Icon } from './icon'

export interface Choice {
  id: string
  name: string
  note?: string
  face: ComponentChildren
  serif?: boolean
  /** Why it cannot be chosen now; shown instead of the note. */
  refused?: string
}

interface PickerProps {
  label: string
  placeholder: string
  choices: readonly Choice[]
  onFind(text: string): void
  onPick(id: string): void
  /** Shown where nothing was found. */
  none: ComponentChildren
}

/** A search box over a list: type to narrow, arrows to move, Enter to choose. */
export function Picker({ label, placeholder, choices, onFind, onPick, none }: PickerProps) {
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const active = choices[Math.min(at, choices.length - 1)]
  const option = (choice: Choice) => `${id}-${choice.id}`
  const pick = (choice: Choice | undefined) => {
    if (choice && !choice.refused) onPick(choice.id)
  }
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && choices.length) {
      event.preventDefault()
      const next = (at + step + choices.length) % choices.length
      setAt(next)
      const to = choices[next]
      if (to) document.getElementById(option(to))?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      pick(active)
    }
  }
  return (
    <div class="picker">
      <div class="find-box">
        <Icon name="search" small />
        <input
          class="input"
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={active ? option(active) : undefined}
          autocomplete="off"
          placeholder={placeholder}
          value={text}
          data-first
          onInput={event => {
            setText(event.currentTarget.value)
            setAt(0)
            onFind(event.currentTarget.value)
          }}
          onKeyDown={keys}
        />
      </div>
      <div class="picker-list scrolls" id={id} role="listbox" aria-label={label}>
        {choices.map(choice => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the box, which names the active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the box has the keys
          <div
            key={choice.id}
            id={option(choice)}
            role="option"
            aria-selected={choice === active}
            aria-disabled={Boolean(choice.refused)}
            class="picker-choice"
            onClick={() => pick(choice)}
            onMouseMove={() => setAt(choices.indexOf(choice))}
          >
            {choice.face}
            <span class="about">
              <span class={`name cut${choice.serif ? ' caption' : ''}`}>{choice.name}</span>
              {(choice.refused ?? choice.note) && (
                <span class="quiet cut">{choice.refused ?? choice.note}</span>
              )}
            </span>
          </div>
        ))}
      </div>
      {!choices.length && <div class="picker-none quiet">{none}</div>}
    </div>
  )
}
