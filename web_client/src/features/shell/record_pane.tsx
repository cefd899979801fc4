import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { words } from '../../words'

interface RecordPaneProps<T> {
  /** Undefined while it is asked for, null where there is none. */
  card: T | null | undefined
  gone: string
  show(card: T, onEdit: () => void): ComponentChildren
  edit(card: T, onDone: () => void): ComponentChildren
}

/** The pane of one record: its card, or the form over it. */
export function RecordPane<T>({ card, gone, show, edit }: RecordPaneProps<T>) {
  const editing = useSignal(false)
  if (card === undefined)
    return (
      <main class="pane" aria-busy="true">
        <span class="sr-only">{words.value.loading}</span>
      </main>
    )
  if (card === null)
    return (
      <main class="pane">
        <div class="empty" role="alert">
          <h1>{gone}</h1>
        </div>
      </main>
    )
  return (
    <main class="pane" aria-labelledby="pane-title">
      {editing.value ? edit(card, () => (editing.value = false)) : show(card, () => (editing.value = true))}
    </main>
  )
}
