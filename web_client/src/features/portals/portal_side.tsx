import type { Signal } from '@preact/signals'
import { contentAddress } from '../../connection/http'
import type { Participant, Portal, Share } from '../../protocol'
import { Link } from '../../router'
import { authorOf, isFact, portalFeeds, presentIn, readBy, standingShares } from '../../state/portals'
import { myId } from '../../state/session'
import { fileIcon, Icon } from '../../ui/icon'
import { PersonLine } from '../../ui/person_line'
import { words } from '../../words'
import { say } from '../../words/firm'
import { SidePane } from '../shell/side_pane'

const SHARES_SHOWN = 3

/** What belongs to the portal at a glance: who takes part, and what is shared. */
export function PortalSide({
  portal,
  open,
  onManage,
}: {
  portal: Portal
  open: Signal<boolean>
  onManage(): void
}) {
  const shares = standingShares(portal.id)
  return (
    <SidePane label={say.portal.details} open={open}>
      <section>
        <h2>
          {say.portal.participants}
          <button type="button" class="text-button" onClick={onManage}>
            {say.portal.manageShort}
          </button>
        </h2>
        <ul>
          {presentIn(portal.id).map(stay => (
            <PersonLine
              key={stay.id}
              id={stay.person}
              name={stay.name}
              side={stay.side}
              small
              note={standing(stay)}
            />
          ))}
        </ul>
      </section>
      <section>
        <h2>
          {say.portal.resources}
          <Link to={`/portals/${portal.id}/shared`} class="link">
            {say.portal.seeAll(shares.length)}
          </Link>
        </h2>
        {!shares.length && <p class="quiet">{words.value.resource.none}</p>}
        <ul>
          {shares.slice(0, SHARES_SHOWN).map(share => (
            <li key={share.id}>
              <a class="file" href={contentAddress(share.document)} download={share.name}>
                <Icon name={fileIcon(share.media_type)} />
                <span class="name cut">{share.name}</span>
                <span class="quiet">{wasOpened(share) ? say.resources.opened : ''}</span>
              </a>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{say.matters.one}</h2>
        <Link to={`/matters/${portal.id}`} class="file">
          <Icon name="folder" />
          <span class="name caption cut">{portal.name}</span>
          <Icon name="right" small />
        </Link>
      </section>
    </SidePane>
  )
}

function standing(stay: Participant): string {
  if (stay.side === 'firm')
    return stay.person === myId.value
      ? [stay.title, say.portal.you].filter(Boolean).join(', ')
      : (stay.title ?? '')
  if (stay.email === null) return say.portal.noEmail
  const read = readBy(stay.portal, stay.person)
  const unread = notReadBy(stay, read)
  if (!unread) return say.portal.readEverything
  return read === 0 ? say.portal.neverRead : say.portal.notRead(unread)
}

/** How many of the held items others wrote for this participant since the marker. */
function notReadBy(stay: Participant, read: number): number {
  const items = [...(portalFeeds.get(stay.portal)?.items.values() ?? [])]
  const from = Math.max(read, stay.joined_number ?? 0)
  return items.filter(item => !isFact(item) && item.number > from && authorOf(item) !== stay.person).length
}

function wasOpened(share: Share): boolean {
  const items = portalFeeds.get(share.portal)?.items.values() ?? []
  return [...items].some(
    item => isFact(item) && item.kind === 'document.opened' && item.document === share.document,
  )
}
