import type { Message, Portal, Share } from '../../protocol'
import { go, Link } from '../../router'
import { personOf } from '../../state/people'
import { authorOf, isFact, isGone, isShare, portalFeeds } from '../../state/portals'
import { me, myId } from '../../state/session'
import { unreadIn } from '../../state/unread'
import { Icon } from '../../ui/icon'
import { listTime } from '../../ui/times'
import { words } from '../../words'
import { useFeed } from '../conversation/use_feed'
import { fetchPortalPage } from '../portals/fetch_portal'
import { ClientHead } from './client_head'
import { placeOf } from './places'

const RECENT_SHOWN = 4

/** What waits for the client, and what happened last. */
export function ClientHome({ portal }: { portal: Portal }) {
  const { feed } = useFeed(portalFeeds, portal.id, before => fetchPortalPage(portal.id, before))
  const { client } = words.value
  const items = [...(feed?.items.values() ?? [])]
    .filter((item): item is Message | Share => !isFact(item))
    .sort((a, b) => b.number - a.number)
  const recent = items.filter(item => !isGone(item) && authorOf(item) !== myId.value).slice(0, RECENT_SHOWN)
  return (
    <>
      <ClientHead portal={portal} />
      <main class="client-main padded">
        <Waiting portal={portal} latest={recent[0]} />
        {recent.length > 0 && (
          <>
            <h2 class="rows-title">
              {client.recent}
              <Link to={placeOf(portal.id, 'messages')} class="link">
                {client.seeAll}
              </Link>
            </h2>
            <ul class="card-rows">
              {recent.map(item => (
                <li key={item.id}>
                  <RecentRow item={item} />
                </li>
              ))}
            </ul>
          </>
        )}
      </main>
    </>
  )
}

function Waiting({ portal, latest }: { portal: Portal; latest: Message | Share | undefined }) {
  const { client } = words.value
  const count = unreadIn(portal.id)
  const toMessages = () => go(placeOf(portal.id, 'messages'))
  if (!count)
    return (
      <section class="todo">
        <p class="kind">
          <Icon name="check" small />
          {client.greeting(me.value?.name.split(' ')[0] ?? '')}
        </p>
        <h2 class="serif">{client.nothingNew}</h2>
        <p>{client.nothingNewLead}</p>
        <button type="button" class="button cta" onClick={toMessages}>
          {client.writeMessage}
        </button>
      </section>
    )
  return (
    <section class="todo">
      <p class="kind">
        <Icon name="chat" small />
        {client.waitingForYou}
      </p>
      <h2 class="serif">{latest ? headline(latest) : words.value.thread.newMessages(count)}</h2>
      {latest && <p>{client.sharedBy(personOf(authorOf(latest), portal.id)?.name ?? client.legalTeam)}</p>}
      <button type="button" class="button cta" onClick={toMessages}>
        {client.readMessages(count)}
      </button>
    </section>
  )
}

function RecentRow({ item }: { item: Message | Share }) {
  const author = personOf(authorOf(item), item.portal)?.name ?? words.value.thread.someone
  const carries = isShare(item) || Boolean(item.attachment)
  return (
    <Link to={placeOf(item.portal, 'messages')}>
      <span class="tile">
        <Icon name={carries ? 'doc' : 'chat'} />
      </span>
      <span class="about">
        <span class="name cut">{author}</span>
        <span class="quiet cut">{headline(item)}</span>
      </span>
      <span class="quiet">{listTime(item.at)}</span>
    </Link>
  )
}

const headline = (item: Message | Share): string =>
  isShare(item) ? item.name : item.text || (item.attachment?.name ?? '')
