import { useSignal } from '@preact/signals'
import { MAX_MESSAGE_CHARACTERS } from '../../protocol'
import { go } from '../../router'
import { firstName } from '../../state/people'
import { presentIn } from '../../state/portals'
import { myId } from '../../state/session'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem } from '../../ui/menu'
import { fewOf, words } from '../../words'
import { say } from '../../words/firm'
import { Composer, Instead } from '../conversation/composer'
import { AttachItems } from '../documents/attach_items'
import { AttachingChip } from '../documents/attaching'
import { ChooseOfMatter } from '../documents/choose_of_matter'
import { FileDrop } from '../documents/file_drop'
import { useMessage } from './use_message'

/** Writes to a portal. The strip says where it goes and who sees it; it stays bound to this portal. */
export function PortalComposer({ portal, privateTo }: { portal: string; privateTo?: string }) {
  const writing = useMessage(portal)
  const choosing = useSignal(false)
  return (
    <FileDrop class="composer-frame" label={words.value.composer.drop} onFiles={writing.attachFile}>
      <Composer
        {...writing}
        label={words.value.composer.message}
        icon="lock"
        strip={
          <>
            <b>{say.portal.strip}</b> {privateTo ?? say.portal.private(audience(portal))}
          </>
        }
        instead={<TextInstead portal={portal} />}
        most={MAX_MESSAGE_CHARACTERS}
        onSend={writing.send}
        onFiles={writing.attachFile}
        chip={<AttachingChip attaching={writing.attaching} />}
        tools={<AttachTool onFiles={writing.attachFile} onChoose={() => (choosing.value = true)} />}
        note={writing.composing.draftSaved.value && <span>{say.portal.draftSaved}</span>}
      />
      {choosing.value && (
        <ChooseOfMatter
          matter={portal}
          onClose={() => (choosing.value = false)}
          onChoose={chosen => {
            writing.attachDocument(chosen)
            choosing.value = false
          }}
        />
      )}
    </FileDrop>
  )
}

function AttachTool(does: { onFiles(files: File[]): void; onChoose(): void }) {
  return (
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
      <AttachItems there={say.portal.fromMatter} {...does} />
    </Menu>
  )
}

function audience(portal: string): string {
  const stays = presentIn(portal)
  const others = stays.filter(stay => stay.person !== myId.value).sort((a, b) => a.side.localeCompare(b.side))
  return fewOf(
    others.map(stay => firstName(stay.name)),
    say.portal.you,
  )
}

function TextInstead({ portal }: { portal: string }) {
  const clients = presentIn(portal).filter(stay => stay.side === 'client')
  if (!clients.length) return null
  return (
    <Instead label={say.portal.textInstead}>
      {clients.map(stay => (
        <MenuItem key={stay.id} icon="phone" onChoose={() => go(`/texts/${stay.person}`)}>
          {say.portal.textTo(stay.name)}
        </MenuItem>
      ))}
    </Instead>
  )
}
