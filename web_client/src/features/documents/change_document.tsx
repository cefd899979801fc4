import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Document } from '../../protocol'
import { documents } from '../../state/records'
import { Dialog } from '../../ui/dialog'
import { Complaint, Field } from '../../ui/field'
import { words } from '../../words'
import { say } from '../../words/firm'

interface ChangeProps {
  document: Document
  onClose(): void
}

export function RenameDocument({ document, onClose }: ChangeProps) {
  const name = useSignal(document.name)
  const problem = useSignal('')
  const save = () =>
    run('document.rename', { document: document.id, name: name.value.trim() })
      .then(saved => {
        documents.put(saved)
        onClose()
      })
      .catch((error: Error) => {
        problem.value = error.message
      })
  return (
    <Dialog
      title={say.matters.renameTitle}
      onClose={onClose}
      onSubmit={() => void save()}
      footer={
        <>
          <button type="button" class="button quiet-button" onClick={onClose}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button" disabled={!name.value.trim()}>
            {say.matters.rename}
          </button>
        </>
      }
    >
      <Field label={say.matters.fileName} id="file-name">
        <input
          id="file-name"
          class="input"
          data-first
          value={name.value}
          onInput={event => (name.value = event.currentTarget.value)}
        />
      </Field>
      {problem.value && <Complaint>{problem.value}</Complaint>}
    </Dialog>
  )
}

export function DeleteDocument({ document, onClose }: ChangeProps) {
  const problem = useSignal('')
  const remove = () =>
    run('document.delete', { document: document.id })
      .then(saved => {
        documents.put(saved)
        onClose()
      })
      .catch((error: Error) => {
        problem.value = error.message
      })
  return (
    <Dialog
      title={say.matters.removeTitle(document.name)}
      onClose={onClose}
      onSubmit={() => void remove()}
      footer={
        <>
          <button type="button" class="button quiet-button" data-first onClick={onClose}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button danger">
            {say.matters.remove}
          </button>
        </>
      }
    >
      <p class="lead">{say.matters.removeLead}</p>
      {problem.value && <Complaint>{problem.value}</Complaint>}
    </Dialog>
  )
}
