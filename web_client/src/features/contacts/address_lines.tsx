import type { Signal } from '@preact/signals'
import { Icon } from '../../ui/icon'
import { say } from '../../words/firm'

/** One address being edited; the key stays with it while lines move. */
export interface Line {
  key: number
  text: string
}

let lastKey = 0
export const lineOf = (text: string): Line => ({ key: ++lastKey, text })

interface AddressLinesProps {
  title: string
  type: 'email' | 'tel'
  label(n: number): string
  add: string
  /** What choosing one of them means. */
  choose: string
  lines: Signal<Line[]>
  chosen: Signal<number | null>
  mayChooseNone?: boolean
  hint?: string | undefined
}

/** An ordered list of addresses of which one may be chosen. */
export function AddressLines({
  title,
  type,
  label,
  add,
  choose,
  lines,
  chosen,
  mayChooseNone,
  hint,
}: AddressLinesProps) {
  const change = (key: number, text: string) => {
    lines.value = lines.value.map(line => (line.key === key ? { key, text } : line))
  }
  const remove = (key: number) => {
    lines.value = lines.value.filter(line => line.key !== key)
    if (chosen.value === key) chosen.value = null
  }
  const raise = (index: number) => {
    const next = [...lines.value]
    const [line] = next.splice(index, 1)
    if (line) next.splice(index - 1, 0, line)
    lines.value = next
  }
  return (
    <fieldset class="address-lines">
      <legend>{title}</legend>
      {lines.value.map((line, index) => (
        <div key={line.key} class="address-line">
          <input
            class="input"
            inputMode={type}
            aria-label={label(index + 1)}
            autocomplete="off"
            spellcheck={false}
            value={line.text}
            onInput={event => change(line.key, event.currentTarget.value)}
          />
          <label class="check">
            <input
              type={mayChooseNone ? 'checkbox' : 'radio'}
              name={mayChooseNone ? undefined : `${type}-chosen`}
              checked={chosen.value === line.key}
              onChange={event => (chosen.value = event.currentTarget.checked ? line.key : null)}
            />
            {choose}
          </label>
          <button
            type="button"
            class="icon-button"
            aria-label={`${say.contacts.up}: ${label(index + 1)}`}
            disabled={index === 0}
            onClick={() => raise(index)}
          >
            <Icon name="up" small />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={`${say.contacts.remove}: ${label(index + 1)}`}
            onClick={() => remove(line.key)}
          >
            <Icon name="close" small />
          </button>
        </div>
      ))}
      <button
        type="button"
        class="text-button add-line"
        onClick={() => (lines.value = [...lines.value, lineOf('')])}
      >
        <Icon name="plus" small />
        {add}
      </button>
      {hint && <p class="quiet">{hint}</p>}
    </fieldset>
  )
}
