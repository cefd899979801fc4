import { useSignal } from '@preact/signals'
import { post } from '../../connection/line'
import type { Message, Portal, Share } from '../../protocol'
import { Link } from '../../router'
import { personOf } from '../../state/people'
import { authorOf, type FeedItem, isFact, isShare, portalFeeds, presentIn } from '../../state/portals'
import { myId } from '../../state/session'
import { typists } from '../../state/signals'
import { isUnread, markRead, unread, wouldRead } from '../../state/unread'
import { Icon } from '../../ui/icon'
import { dayName, longDay } from '../../ui/times'
import { listOf, words } from '../../words'
import { Log } from '../conversation/log'
import { arrange, type Row } from '../conversation/rows'
import { useArrivals } from '../conversation/use_arrivals'
import { useFeed } from '../conversation/use_feed'
import { fetchPortalPage } from '../portals/fetch_portal'
import { pendingIn, type Unsent } from '../portals/send_message'
import { ClientComposer } from './client_composer'
import { ClientGroup, isUnsent } from './client_group'
import { placeOf } from './places'
import { WhoSees } from './who_sees'

const READ_AFTER_MS = 1_000

type Shown = Message | Share | Unsent

/** The conversation as a client sees it: no receipts of the firm, no events, no one's presence (rule R4). */
export function ClientMessages({ portal }: { portal: Portal }) {
  const asking = useSignal(false)
  const open = useFeed<FeedItem>(portalFeeds, portal.id, before => fetchPortalPage(portal.id, before))
  const items = [...(open.feed?.items.values() ?? [])]
    .filter((item): item is Message | Share => !isFact(item))
    .sort((a, b) => a.number - b.number)
  const isNew = (item: Message | Share) => isUnread(portal.id, item.number)
  const spoken = (item: Message | Share) =>
    words.value.thread.arrived(
      personOf(authorOf(item), portal.id)?.name ?? words.value.client.legalTeam,
      isShare(item) ? item.name : (item.text ?? ''),
    )
  const firstNew = useArrivals(Boolean(open.feed?.loaded), items, isNew, spoken)
  const pending = pendingIn(portal.id)
  const shown: Shown[] = [...items, ...pending]
  const rows = arrange(shown, {
    author: item => (isUnsent(item) ? myId.value : authorOf(item)),
    alone: () => false,
    firstNew,
  })
  const team = presentIn(portal.id).filter(stay => stay.side === 'firm')
  const lastMine = items.findLast(item => authorOf(item) === myId.value)?.id
  const read = (number: number) => {
    if (!wouldRead(portal.id, number)) return
    markRead(portal.id, number)
    post('portal.read', { portal: portal.id, number })
  }
  return (
    <>
      <header class="client-head slim">
        <Link to={placeOf(portal.id, 'home')} class="icon-button" aria-label={words.value.back}>
          <Icon name="left" />
        </Link>
        <div class="names">
          <h1 class="caption cut">{portal.name}</h1>
          <p class="cut">{listOf(team.map(stay => stay.name))}</p>
        </div>
        <button
          type="button"
          class="icon-button"
          aria-label={words.value.client.whoSees}
          onClick={() => (asking.value = true)}
        >
          <Icon name="lock" />
        </button>
      </header>
      <main class="client-main client-thread">
        <Log
          label={words.value.messages}
          first={shown[0]?.id ?? ''}
          last={shown.at(-1)?.id ?? ''}
          newest={items.at(-1)?.number ?? 0}
          newSince={number =>
            (unread.value.get(portal.id)?.numbers ?? []).filter(each => each > number).length
          }
          sent={pending.length}
          more={open.feed?.more ?? false}
          loadingOlder={open.loadingOlder}
          onOlder={open.older}
          dwell_ms={READ_AFTER_MS}
          onRead={read}
        >
          {open.problem && (
            <p class="event trouble" role="alert">
              {words.value.thread.trouble} {open.problem.message}
              <button type="button" class="text-button" onClick={open.again}>
                {words.value.tryAgain}
              </button>
            </p>
          )}
          {open.feed?.loaded && !shown.length && (
            <div class="empty">
              <Icon name="chat" />
              <h2>{words.value.client.noMessages}</h2>
              <p>{words.value.client.noMessagesLead}</p>
            </div>
          )}
          {rows.map(row => (
            <RowView key={row.key} row={row} portal={portal.id} lastMine={lastMine} />
          ))}
          {typists.value.some(each => each.scope === portal.id) && (
            <p class="typing">
              <span class="dots" aria-hidden="true">
                <i />
                <i />
                <i />
              </span>
              {words.value.client.teamTyping}
            </p>
          )}
        </Log>
        <ClientComposer key={portal.id} portal={portal.id} />
      </main>
      {asking.value && <WhoSees portal={portal.id} onClose={() => (asking.value = false)} />}
    </>
  )
}

function RowView({
  row,
  portal,
  lastMine,
}: {
  row: Row<Shown>
  portal: string
  lastMine: string | undefined
}) {
  if (row.kind === 'new')
    return (
      <p class="day new" data-new>
        {words.value.thread.newRule}
      </p>
    )
  if (row.kind === 'day')
    return (
      <p class={`day${row.fresh ? ' new' : ''}`} data-new={row.fresh || undefined}>
        {row.fresh ? `${words.value.thread.newRule}, ${longDay(row.at)}` : dayName(row.at)}
      </p>
    )
  if (row.kind === 'alone') return null
  return <ClientGroup portal={portal} author={row.author} at={row.at} items={row.items} lastMine={lastMine} />
}
