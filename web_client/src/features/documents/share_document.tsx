import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Document } from '../../protocol'
import { presentIn } from '../../state/portals'
import { FormDialog } from '../../ui/form_dialog'
import { Icon } from '../../ui/icon'
import { TextField } from '../../ui/text_field'
import { toast } from '../../ui/toast'
import { listOf } from '../../words'
import { say } from '../../words/firm'
import { sendMessage } from '../portals/send_message'
import { type Attaching, AttachingChip, attachedDocument } from './attaching'
import { ChooseOfMatter } from './choose_of_matter'
import { pickFiles } from './pick_files'
import { beginUpload } from './uploads'

/** Shares a document of the matter, or a new one, with or without a message; says first who will see it (D5). */
export function ShareDocument({
  portal,
  given,
  onClose,
}: {
  portal: string
  given?: Document
  onClose(): void
}) {
  const attaching = useSignal<Attaching | null>(given ? { kind: 'document', document: given } : null)
  const choosing = useSignal(false)
  const text = useSignal('')
  const document = attachedDocument(attaching.value)
  const share = async () => {
    if (!document) return
    if (text.value.trim()) await sendMessage(portal, text.value.trim(), document)
    else await run('share.add', { portal, document: document.id })
    toast(say.resources.shared(document.name))
  }
  const attach = ([file]: File[]) => {
    if (file) attaching.value = { kind: 'upload', upload: beginUpload(portal, file) }
  }
  if (choosing.value)
    return (
      <ChooseOfMatter
        matter={portal}
        onClose={() => (choosing.value = false)}
        onChoose={chosen => {
          attaching.value = { kind: 'document', document: chosen }
          choosing.value = false
        }}
      />
    )
  return (
    <FormDialog
      title={say.resources.shareTitle}
      does={say.resources.share}
      ready={document !== null}
      act={share}
      onClose={onClose}
    >
      {attaching.value ? (
        <AttachingChip attaching={attaching} />
      ) : (
        <div class="choices">
          <button type="button" class="choice" data-first onClick={() => pickFiles(false, attach)}>
            <Icon name="upload" />
            <span class="name">{say.resources.upload}</span>
          </button>
          <button type="button" class="choice" onClick={() => (choosing.value = true)}>
            <Icon name="folder" />
            <span class="name">{say.resources.choose}</span>
          </button>
        </div>
      )}
      <TextField
        id="share-message"
        label={say.resources.message}
        text={text}
        hint={say.resources.messageHint}
        long
      />
      <p class="who-sees">
        <Icon name="eye" small />
        <span>
          <b>{say.resources.whoSees}.</b> {audience(portal)}
        </span>
      </p>
    </FormDialog>
  )
}

function audience(portal: string): string {
  const clients = presentIn(portal).filter(stay => stay.side === 'client')
  return clients.length
    ? say.resources.whoSeesNames(listOf(clients.map(stay => stay.name)))
    : say.resources.noneToSee
}
