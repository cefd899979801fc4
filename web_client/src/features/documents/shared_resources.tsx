import { useSignal } from '@preact/signals'
import { contentAddress } from '../../connection/http'
import type { Share } from '../../protocol'
import { firstName, personOf } from '../../state/people'
import { isFact, portalFeeds } from '../../state/portals'
import { Icon } from '../../ui/icon'
import { Menu, MenuItem } from '../../ui/menu'
import { kindName, sizeName } from '../../ui/sizes'
import { shortDay } from '../../ui/times'
import { listOf, words } from '../../words'
import { say } from '../../words/firm'
import { Sheet } from './attachment_card'
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
    <li class="document">
      <Sheet picture={share.media_type.startsWith('image/')} />
      <div class="about">
        <a
          class="name cut"
          href={contentAddress(share.document)}
          download={share.name}
          aria-label={words.value.resource.open(share.name)}
        >
          {share.name}
        </a>
        <p class="quiet">
          {[kindName(share.media_type), sizeName(share.size_bytes)].filter(Boolean).join(', ')}.{' '}
          {say.resources.sharedBy(sharer?.name ?? words.value.thread.someone, shortDay(share.at))}
        </p>
      </div>
      <span class={`pill${opened.length ? ' pine' : ''}`}>
        {opened.length ? say.resources.openedBy(listOf(opened)) : say.resources.notOpened}
      </span>
      <Menu label={say.resources.actions(share.name)} button={<Icon name="more" />}>
        <MenuItem icon="save" onChoose={() => location.assign(contentAddress(share.document))}>
          {words.value.resource.download}
        </MenuItem>
        <MenuItem icon="eye_off" danger onChoose={onStop}>
          {say.resources.stop}
        </MenuItem>
      </Menu>
    </li>
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
