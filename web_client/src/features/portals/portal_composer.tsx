import { useSignal } from '@preact/signals'
import { MAX_MESSAGE_CHARACTERS } from '../../protocol'
import { go } from '../../router'
import { firstName } from '../../state/people'
import { presentIn } from '../../state/portals'
import { myId } from '../../state/session'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem } from '../../ui/menu'
import { toast, toastProblem } from '../../ui/toast'
import { language, listOf, words } from '../../words'
import { say } from '../../words/firm'
import { useComposer } from '../conversation/use_composer'
import { WritingBox } from '../conversation/writing_box'
import { type Attaching, AttachingChip, attachedDocument } from '../documents/attaching'
import { ChooseDocument } from '../documents/choose_document'
import { FileDrop } from '../documents/file_drop'
import { pickFiles } from '../documents/pick_files'
import { beginUpload } from '../documents/uploads'
import { sendMessage } from './send_message'

/** Writes to a portal. The strip says where it goes and who sees it; it stays bound to this portal. */
export function PortalComposer({ portal, privateTo }: { portal: string; privateTo?: string }) {
  const composing = useComposer(portal, 'portal')
  const attaching = useSignal<Attaching | null>(null)
  const choosing = useSignal(false)
  const text = composing.text.value.trim()
  const document = attachedDocument(attaching.value)
  const tooLong = text.length > MAX_MESSAGE_CHARACTERS
  const ready = !tooLong && (attaching.value ? document !== null : text !== '')
  const send = () => {
    if (!ready) return
    void sendMessage(portal, text, document).catch(toastProblem)
    composing.sent()
    attaching.value = null
  }
  const attach = (files: File[]) => {
    const [file] = files
    if (!file) return
    if (attaching.peek() || files.length > 1) return toast(words.value.composer.oneDocument, { bad: true })
    attaching.value = { kind: 'upload', upload: beginUpload(portal, file) }
  }
  return (
    <FileDrop class="composer-frame" label={words.value.composer.drop} onFiles={attach}>
      <form
        class="composer"
        onSubmit={event => {
          event.preventDefault()
          send()
        }}
      >
        <div class="strip">
          <Icon name="lock" small />
          <span class="cut">
            <b>{say.portal.strip}</b> {privateTo ?? say.portal.private(audience(portal))}
          </span>
          <TextInstead portal={portal} />
        </div>
        <WritingBox
          composing={composing}
          label={words.value.composer.message}
          onSend={send}
          onFiles={attach}
        />
        <AttachingChip attaching={attaching} />
        <div class="tools">
          <Menu
            worded
            label={words.value.composer.attach}
            buttonClass="tool"
            button={
              <>
                <Icon name="clip" />
                <span>{say.portal.document}</span>
              </>
            }
          >
            <MenuItem icon="upload" onChoose={() => pickFiles(false, attach)}>
              {say.portal.fromDevice}
            </MenuItem>
            <MenuItem icon="folder" onChoose={() => (choosing.value = true)}>
              {say.portal.fromMatter}
            </MenuItem>
          </Menu>
          <span class="right">
            {tooLong ? (
              <span class="trouble">
                {words.value.composer.tooLong(
                  new Intl.NumberFormat(language.value).format(MAX_MESSAGE_CHARACTERS),
                )}
              </span>
            ) : (
              composing.draftSaved.value && <span>{say.portal.draftSaved}</span>
            )}
            <button type="submit" class="button send" disabled={!ready}>
              {words.value.composer.send}
              <Icon name="send" small />
            </button>
          </span>
        </div>
      </form>
      {choosing.value && (
        <ChooseDocument
          matter={portal}
          onClose={() => (choosing.value = false)}
          onChoose={chosen => {
            attaching.value = { kind: 'document', document: chosen }
            choosing.value = false
          }}
        />
      )}
    </FileDrop>
  )
}

function audience(portal: string): string {
  const stays = presentIn(portal)
  const others = stays.filter(stay => stay.person !== myId.value).sort((a, b) => a.side.localeCompare(b.side))
  return listOf([...others.map(stay => firstName(stay.name)), say.portal.you])
}

/** Another channel is another place: the text stays behind in its own composer. */
function TextInstead({ portal }: { portal: string }) {
  const clients = presentIn(portal).filter(stay => stay.side === 'client')
  if (!clients.length) return null
  return (
    <Menu
      worded
      label={say.portal.textInstead}
      buttonClass="instead"
      button={
        <>
          {say.portal.textInstead}
          <Icon name="down" small />
        </>
      }
    >
      {clients.map(stay => (
        <MenuItem key={stay.id} icon="phone" onChoose={() => go(`/texts/${stay.person}`)}>
          {say.portal.textTo(stay.name)}
        </MenuItem>
      ))}
    </Menu>
  )
}
