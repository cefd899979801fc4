import { useSignal } from '@preact/signals'
import { MAX_MESSAGE_CHARACTERS } from '../../protocol'
import { documentsSharedBy } from '../../state/portals'
import { myId } from '../../state/session'
import { Icon } from '../../ui/icon'
import { Menu } from '../../ui/menu'
import { words } from '../../words'
import { TooLong } from '../conversation/too_long'
import { WritingBox } from '../conversation/writing_box'
import { AttachItems } from '../documents/attach_items'
import { AttachingChip } from '../documents/attaching'
import { ChooseDocument } from '../documents/choose_document'
import { FileDrop } from '../documents/file_drop'
import { pickFiles } from '../documents/pick_files'
import { useMessage, type Writing } from '../portals/use_message'

/** Writes to the legal team, with at most one document or photo. */
export function ClientComposer({ portal }: { portal: string }) {
  const writing = useMessage(portal)
  return (
    <FileDrop class="client-composer" label={words.value.composer.drop} onFiles={writing.attachFile}>
      <AttachingChip attaching={writing.attaching} />
      {writing.tooLong && (
        <p class="complaint">
          <TooLong most={MAX_MESSAGE_CHARACTERS} />
        </p>
      )}
      <form
        onSubmit={event => {
          event.preventDefault()
          writing.send()
        }}
      >
        <AttachButton portal={portal} writing={writing} />
        <WritingBox
          composing={writing.composing}
          label={words.value.composer.message}
          placeholder={words.value.client.write}
          onSend={writing.send}
          onFiles={writing.attachFile}
        />
        <button
          type="submit"
          class="icon-button go"
          aria-label={words.value.composer.send}
          disabled={!writing.ready}
        >
          <Icon name="send" />
        </button>
      </form>
    </FileDrop>
  )
}

/** A client may attach anew only what it gave itself; until there is some, the button goes to the device at once. */
function AttachButton({ portal, writing }: { portal: string; writing: Writing }) {
  const choosing = useSignal(false)
  const { composer, client } = words.value
  const given = documentsSharedBy(portal, myId.value)
  if (!given.length)
    return (
      <button
        type="button"
        class="icon-button"
        aria-label={composer.attach}
        onClick={() => pickFiles(false, writing.attachFile)}
      >
        <Icon name="plus" />
      </button>
    )
  return (
    <>
      <Menu label={composer.attach} button={<Icon name="plus" />}>
        <AttachItems
          there={client.fromSent}
          onFiles={writing.attachFile}
          onChoose={() => (choosing.value = true)}
        />
      </Menu>
      {choosing.value && (
        <ChooseDocument
          title={client.fromSent}
          documents={given}
          onClose={() => (choosing.value = false)}
          onChoose={chosen => {
            writing.attachDocument(chosen)
            choosing.value = false
          }}
        />
      )}
    </>
  )
}
