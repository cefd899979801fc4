import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Document } from '../../protocol'
import { documents } from '../../state/records'
import { FormDialog } from '../../ui/form_dialog'
import { TextField } from '../../ui/text_field'
import { say } from '../../words/firm'

interface ChangeProps {
  document: Document
  onClose(): void
}

export function RenameDocument({ document, onClose }: ChangeProps) {
  const name = useSignal(document.name)
  const save = async () => {
    documents.put(await run('document.rename', { document: document.id, name: name.value.trim() }))
  }
  return (
    <FormDialog
      title={say.matters.renameTitle}
      does={say.matters.rename}
      ready={name.value.trim() !== ''}
      act={save}
      onClose={onClose}
    >
      <TextField id="file-name" label={say.matters.fileName} text={name} first />
    </FormDialog>
  )
}

export function DeleteDocument({ document, onClose }: ChangeProps) {
  const remove = async () => {
    documents.put(await run('document.delete', { document: document.id }))
  }
  return (
    <FormDialog
      title={say.matters.removeTitle(document.name)}
      does={say.matters.remove}
      danger
      act={remove}
      onClose={onClose}
    >
      <p class="lead">{say.matters.removeLead}</p>
    </FormDialog>
  )
}
