import type { ComponentChildren } from 'preact'
import { words } from '../words'
import { Dialog } from './dialog'
import { Complaint } from './field'
import { useAttempt } from './use_attempt'

interface FormDialogProps {
  title: string
  /** What the button that does it says. */
  does: string
  /** Whether it takes something away: then the button warns, and the focus begins on the other one. */
  danger?: boolean
  ready?: boolean
  act(): Promise<void>
  /** Called when it is done, and when it is not to be done. */
  onClose(): void
  children: ComponentChildren
}

/** A dialog that does one thing and closes; where it is refused it stays and says why. */
export function FormDialog({ title, does, danger, ready = true, act, onClose, children }: FormDialogProps) {
  const { busy, problem, attempt } = useAttempt()
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => ready && attempt(() => act().then(onClose))}
      footer={
        <>
          <button type="button" class="button quiet-button" data-first={danger === true} onClick={onClose}>
            {words.value.cancel}
          </button>
          <button
            type="submit"
            class={`button${danger ? ' danger' : ''}`}
            data-first={!danger}
            disabled={!ready || busy}
          >
            {does}
          </button>
        </>
      }
    >
      {children}
      {problem && <Complaint>{problem}</Complaint>}
    </Dialog>
  )
}
