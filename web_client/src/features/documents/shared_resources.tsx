import { useSignal } from '@preact/signals'
import { contentAddress } from '../../connection/http'
import type { Share } from '../../protocol'
import { firstName, personOf } from '../../state/people'
import { isFact, portalFeeds } from '../../state/portals'
import { Icon } from '../../ui/icon'
import { MenuItem } from '../../ui/menu'
import { shortDay } from '../../ui/times'
import { fewOf, words } from '../../words'
import { say } from '../../words/firm'
import { DocumentLine } from './document_line'
import { ShareDocument } from './share_document'
import { StopSharing } from './stop_sharing'

/** Everything that can be seen in a portal, newest first: the second tab (rule P6). */
export function SharedResources({ portal, shares }: { portal: string; shares: Share[] }) {
  const sharing = useSignal(false)
  const stopping = useSignal<Share | null>(null)
  return (
    <section class="resources scrolls" tabIndex={0} aria-label={say.portal.resources}>
      <div class="resources-head">
        <button type="button" class="button" onClick={() => (sharing.value = true)}>
          <Icon name="plus" small />
          {say.portal.share}
        </button>
      </div>
      {!shares.length && (
        <div class="empty">
          <Icon name="doc" />
          <h2>{say.resources.empty}</h2>
          <p>{say.resources.emptyLead}</p>
        </div>
      )}
      <ul class="documents">
        {shares.map(share => (
          <SharedDocument key={share.id} share={share} onStop={() => (stopping.value = share)} />
        ))}
      </ul>
      {sharing.value && <ShareDocument portal={portal} onClose={() => (sharing.value = false)} />}
      {stopping.value && <StopSharing share={stopping.value} onClose={() => (stopping.value = null)} />}
    </section>
  )
}

function SharedDocument({ share, onStop }: { share: Share; onStop(): void }) {
  const sharer = personOf(share.sharer, share.portal)
  const opened = openersOf(share)
  return (
    <DocumentLine
      document={share.document}
      file={share}
      origin={say.resources.sharedBy(sharer?.name ?? words.value.thread.someone, shortDay(share.at))}
      pill={
        <span class={`pill${opened.length ? ' pine' : ''}`}>
          {opened.length ? say.resources.openedBy(fewOf(opened)) : say.resources.notOpened}
        </span>
      }
    >
      <MenuItem icon="save" onChoose={() => location.assign(contentAddress(share.document))}>
        {words.value.resource.download}
      </MenuItem>
      <MenuItem icon="eye_off" danger onChoose={onStop}>
        {say.resources.stop}
      </MenuItem>
    </DocumentLine>
  )
}

/** First names of those who opened a document, as the loaded events tell it. */
function openersOf(share: Share): string[] {
  const items = [...(portalFeeds.get(share.portal)?.items.values() ?? [])]
  const facts = items
    .filter(isFact)
    .filter(fact => fact.kind === 'document.opened' && fact.document === share.document)
  return [...new Set(facts.map(fact => fact.actor))].map(id =>
    firstName(personOf(id, share.portal)?.name ?? words.value.thread.someone),
  )
}
