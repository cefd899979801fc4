import { useSignal } from '@preact/signals'
import { contentAddress } from '../../connection/http'
import { run } from '../../connection/line'
import type { Portal, Share } from '../../protocol'
import { personOf } from '../../state/people'
import { documentsIn, portalFeeds } from '../../state/portals'
import { fileIcon, Icon } from '../../ui/icon'
import { kindName, sizeName } from '../../ui/sizes'
import { shortDay } from '../../ui/times'
import { toast, toastProblem } from '../../ui/toast'
import { words } from '../../words'
import { useFeed } from '../conversation/use_feed'
import { FileDrop } from '../documents/file_drop'
import { pickFiles } from '../documents/pick_files'
import { UploadLine } from '../documents/upload_line'
import { beginUpload, type Upload } from '../documents/uploads'
import { fetchPortalPage } from '../portals/fetch_portal'
import { ClientHead } from './client_head'

const FILES_AT_ONCE = 20

/** What is shared in the portal, and the place to give documents to the firm: up to 20 at once, each its own (D4). */
export function ClientDocuments({ portal }: { portal: Portal }) {
  useFeed(portalFeeds, portal.id, before => fetchPortalPage(portal.id, before))
  const uploads = useSignal<Upload[]>([])
  const { client } = words.value
  const give = (files: File[]) => {
    if (files.length > FILES_AT_ONCE) return toast(client.tooManyFiles(FILES_AT_ONCE), { bad: true })
    const begun = files.map(file =>
      beginUpload(portal.id, file, document => {
        run('share.add', { portal: portal.id, document: document.id }).catch(toastProblem)
      }),
    )
    uploads.value = [...uploads.value, ...begun]
  }
  const shares = documentsIn(portal.id)
  const under = uploads.value.filter(each => !each.document.value)
  return (
    <>
      <ClientHead portal={portal} />
      <main class="client-main padded">
        <FileDrop class="client-documents" label={words.value.composer.drop} onFiles={give}>
          <h2 class="rows-title">
            {words.value.documents}
            <button type="button" class="button small" onClick={() => pickFiles(true, give)}>
              <Icon name="plus" small />
              {client.addDocuments}
            </button>
          </h2>
          {under.length > 0 && (
            <ul class="card-rows uploads">
              {under.map(each => (
                <UploadLine
                  key={each.key}
                  upload={each}
                  onRemove={() => (uploads.value = uploads.value.filter(other => other !== each))}
                />
              ))}
            </ul>
          )}
          {!shares.length && !under.length && (
            <div class="empty">
              <Icon name="folder" />
              <h2>{client.noDocuments}</h2>
              <p>{client.noDocumentsLead}</p>
            </div>
          )}
          <ul class="card-rows">
            {shares.map(share => (
              <li key={share.id}>
                <SharedRow share={share} />
              </li>
            ))}
          </ul>
        </FileDrop>
      </main>
    </>
  )
}

function SharedRow({ share }: { share: Share }) {
  const sharer = personOf(share.sharer, share.portal)
  const by = sharer?.me ? words.value.youStart : (sharer?.name ?? words.value.client.legalTeam)
  return (
    <a href={contentAddress(share.document)} download={share.name}>
      <span class="tile">
        <Icon name={fileIcon(share.media_type)} />
      </span>
      <span class="about">
        <span class="name">
          <span class="sr-only">{words.value.resource.download} </span>
          {share.name}
        </span>
        <span class="quiet">
          {[by, shortDay(share.at), kindName(share.media_type), sizeName(share.size_bytes)]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <Icon name="save" />
    </a>
  )
}
