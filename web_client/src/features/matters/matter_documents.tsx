import { useSignal } from '@preact/signals'
import type { Document, MatterCard } from '../../protocol'
import { personOf } from '../../state/people'
import { standingShares } from '../../state/portals'
import { documents } from '../../state/records'
import { Icon } from '../../ui/icon'
import { MenuItem } from '../../ui/menu'
import { shortDay } from '../../ui/times'
import { toast } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'
import { DeleteDocument, RenameDocument } from '../documents/change_document'
import { DocumentLine } from '../documents/document_line'
import { FileDrop } from '../documents/file_drop'
import { pickFiles } from '../documents/pick_files'
import { ShareDocument } from '../documents/share_document'
import { StopSharing } from '../documents/stop_sharing'
import { UploadLine } from '../documents/upload_line'
import { beginUpload, type Upload } from '../documents/uploads'

type Act = { kind: 'rename' | 'delete' | 'share' | 'stop'; document: Document }

/** The documents of a matter: upload by button or drop, rename, delete, share in the portal and stop again. */
export function MatterDocuments({ card }: { card: MatterCard }) {
  const matter = card.matter.id
  const uploads = useSignal<Upload[]>([])
  const act = useSignal<Act | null>(null)
  const close = () => {
    act.value = null
  }
  const begin = (files: File[]) => {
    const begun = files.map(file =>
      beginUpload(matter, file, document => {
        documents.put(document)
        toast(say.upload.done(document.name))
      }),
    )
    uploads.value = [...uploads.value, ...begun]
  }
  const under = uploads.value.filter(each => !each.document.value)
  const chosen = act.value
  const share = chosen && standingShares(matter).find(each => each.document === chosen.document.id)
  return (
    <FileDrop class="matter-documents" label={say.upload.drop} onFiles={begin}>
      <h2>
        {say.matters.documents}
        <button type="button" class="button quiet-button small" onClick={() => pickFiles(true, begin)}>
          <Icon name="upload" small />
          {say.matters.upload}
        </button>
      </h2>
      <ul class="documents">
        {under.map(each => (
          <UploadLine
            key={each.key}
            upload={each}
            onRemove={() => (uploads.value = uploads.value.filter(other => other !== each))}
          />
        ))}
        {card.documents.map(document => (
          <MatterDocument
            key={document.id}
            document={document}
            portal={card.portal}
            onAct={kind => (act.value = { kind, document })}
          />
        ))}
      </ul>
      {!card.documents.length && !under.length && <p class="quiet">{say.matters.noDocuments}</p>}
      {chosen?.kind === 'rename' && <RenameDocument document={chosen.document} onClose={close} />}
      {chosen?.kind === 'delete' && <DeleteDocument document={chosen.document} onClose={close} />}
      {chosen?.kind === 'share' && <ShareDocument portal={matter} given={chosen.document} onClose={close} />}
      {chosen?.kind === 'stop' && share && <StopSharing share={share} onClose={close} />}
    </FileDrop>
  )
}

function MatterDocument({
  document,
  portal,
  onAct,
}: {
  document: Document
  portal: string
  onAct(kind: Act['kind']): void
}) {
  const shared = standingShares(document.matter).some(share => share.document === document.id)
  const author = personOf(document.author, document.matter)
  return (
    <DocumentLine
      document={document.id}
      file={document}
      origin={say.matters.added(shortDay(document.at), author?.name ?? words.value.thread.someone)}
      pill={shared && <span class="pill pine">{say.matters.shared}</span>}
    >
      {shared ? (
        <MenuItem icon="eye_off" onChoose={() => onAct('stop')}>
          {say.resources.stop}
        </MenuItem>
      ) : (
        (portal === 'open' || portal === 'none') && (
          <MenuItem icon="chat" onChoose={() => onAct('share')}>
            {say.matters.share}
          </MenuItem>
        )
      )}
      <MenuItem icon="pen" onChoose={() => onAct('rename')}>
        {say.matters.rename}
      </MenuItem>
      <MenuItem icon="trash" danger onChoose={() => onAct('delete')}>
        {say.matters.remove}
      </MenuItem>
    </DocumentLine>
  )
}
