import { useSignal } from '@preact/signals'
import { MAX_MESSAGE_CHARACTERS } from '../../protocol'
import { Icon } from '../../ui/icon'
import { toast, toastProblem } from '../../ui/toast'
import { language, words } from '../../words'
import { useComposer } from '../conversation/use_composer'
import { WritingBox } from '../conversation/writing_box'
import { type Attaching, AttachingChip, attachedDocument } from '../documents/attaching'
import { FileDrop } from '../documents/file_drop'
import { pickFiles } from '../documents/pick_files'
import { beginUpload } from '../documents/uploads'
import { sendMessage } from '../portals/send_message'

/** Writes to the legal team, with at most one document or photo. */
export function ClientComposer({ portal }: { portal: string }) {
  const composing = useComposer(portal, 'portal')
  const attaching = useSignal<Attaching | null>(null)
  const text = composing.text.value.trim()
  const document = attachedDocument(attaching.value)
  const ready = text.length <= MAX_MESSAGE_CHARACTERS && (attaching.value ? document !== null : text !== '')
  const send = () => {
    if (!ready) return
    void sendMessage(portal, text, document).catch(toastProblem)
    composing.sent()
    attaching.value = null
  }
  const attach = ([file, ...more]: File[]) => {
    if (!file) return
    if (attaching.peek() || more.length) return toast(words.value.composer.oneDocument, { bad: true })
    attaching.value = { kind: 'upload', upload: beginUpload(portal, file) }
  }
  return (
    <FileDrop class="client-composer" label={words.value.composer.drop} onFiles={attach}>
      <AttachingChip attaching={attaching} />
      {text.length > MAX_MESSAGE_CHARACTERS && (
        <p class="complaint" role="alert">
          {words.value.composer.tooLong(new Intl.NumberFormat(language.value).format(MAX_MESSAGE_CHARACTERS))}
        </p>
      )}
      <form
        onSubmit={event => {
          event.preventDefault()
          send()
        }}
      >
        <button
          type="button"
          class="icon-button"
          aria-label={words.value.composer.attach}
          onClick={() => pickFiles(false, attach)}
        >
          <Icon name="plus" />
        </button>
        <WritingBox
          composing={composing}
          label={words.value.composer.message}
          placeholder={words.value.client.write}
          onSend={send}
          onFiles={attach}
        />
        <button type="submit" class="icon-button go" aria-label={words.value.composer.send} disabled={!ready}>
          <Icon name="send" />
        </button>
      </form>
    </FileDrop>
  )
}
