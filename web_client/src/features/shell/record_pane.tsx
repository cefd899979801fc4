import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { words } from '../../words'
import { Trouble } from '../conversation/trouble'
import type { Asked } from './use_asked'

interface RecordPaneProps<T> {
  asked: Asked<T>
  gone: string
  show(card: T, onEdit: () => void): ComponentChildren
  edit(card: T, onDone: () => void): ComponentChildren
}

/** The pane of one record: its card, or the form over it. */
export function RecordPane<T>({ asked, gone, show, edit }: RecordPaneProps<T>) {
  const editing = useSignal(false)
  const { found: card, problem, again } = asked
  if (card === undefined)
    return problem ? (
      <main class="pane">
        <Trouble problem={problem} again={again} />
      </main>
    ) : (
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
