import { useSignal } from '@preact/signals'
import { post } from '../../connection/line'
import type { Message } from '../../protocol'
import { firstName, personOf } from '../../state/people'
import { authorOf, type FeedItem, isFact, isShare, portals } from '../../state/portals'
import { myId } from '../../state/session'
import { typists } from '../../state/signals'
import { isUnread, markRead, unread, wouldRead } from '../../state/unread'
import { Icon } from '../../ui/icon'
import { dayName, longDay } from '../../ui/times'
import { words } from '../../words'
import { say } from '../../words/firm'
import { Log } from '../conversation/log'
import { arrange, type Row } from '../conversation/rows'
import { useArrivals } from '../conversation/use_arrivals'
import type { OpenFeed } from '../conversation/use_feed'
import { DeleteMessage } from './delete_message'
import { FactLine } from './fact_line'
import { isUnsent, MessageGroup, type Shown } from './message_group'
import { PortalComposer } from './portal_composer'
import { pendingIn } from './send_message'
import { showEvents } from './show_events'
import { WhoRead } from './who_read'

const READ_AFTER_MS = 1_000

/** The conversation of a portal as the firm sees it, with the composer below. */
export function PortalThread({ portal, open }: { portal: string; open: OpenFeed<FeedItem> }) {
  const deleting = useSignal<Message | null>(null)
  const asking = useSignal<Message | null>(null)
  const items = inOrder([...(open.feed?.items.values() ?? [])])
  const firstNew = useArrivals(
    Boolean(open.feed?.loaded),
    items,
    item => !isFact(item) && isUnread(portal, item.number),
    item =>
      isFact(item)
        ? ''
        : words.value.thread.arrived(
            personOf(authorOf(item), portal)?.name ?? '',
            isShare(item) ? item.name : (item.text ?? ''),
          ),
  )
  if (open.problem && !open.feed?.loaded) return <Trouble again={open.again} message={open.problem.message} />
  const pending = pendingIn(portal)
  const shown: Shown[] = [...items.filter(item => showEvents.value || !isFact(item)), ...pending]
  const rows = arrange(shown, {
    author: authorOfShown,
    alone: item => !isUnsent(item) && isFact(item),
    firstNew,
  })
  const read = (number: number) => {
    if (!wouldRead(portal, number)) return
    markRead(portal, number)
    post('portal.read', { portal, number })
  }
  return (
    <>
      <Log
        label={say.portal.messages}
        first={shown[0]?.id ?? ''}
        last={shown.at(-1)?.id ?? ''}
        newest={newestNumber(items)}
        newSince={number => (unread.value.get(portal)?.numbers ?? []).filter(each => each > number).length}
        sent={pending.length}
        more={open.feed?.more ?? false}
        loadingOlder={open.loadingOlder}
        onOlder={open.older}
        dwell_ms={READ_AFTER_MS}
        onRead={read}
      >
        {open.feed?.loaded && !items.length && !pending.length && <p class="event">{say.inbox.nothing}</p>}
        {rows.map(row => (
          <RowView
            key={row.key}
            row={row}
            portal={portal}
            onDelete={message => (deleting.value = message)}
            onAsk={message => (asking.value = message)}
          />
        ))}
        <Typing portal={portal} />
      </Log>
      {portals.get(portal) && <PortalComposer key={portal} portal={portal} />}
      {deleting.value && <DeleteMessage message={deleting.value} onClose={() => (deleting.value = null)} />}
      {asking.value && <WhoRead message={asking.value} onClose={() => (asking.value = null)} />}
    </>
  )
}

interface RowViewProps {
  row: Row<Shown>
  portal: string
  onDelete(message: Message): void
  onAsk(message: Message): void
}

function RowView({ row, portal, onDelete, onAsk }: RowViewProps) {
  if (row.kind === 'new')
    return (
      <div class="day new" data-new>
        {words.value.thread.newRule}
      </div>
    )
  if (row.kind === 'day')
    return (
      <div class={`day${row.fresh ? ' new' : ''}`} data-new={row.fresh || undefined}>
        {row.fresh ? `${words.value.thread.newRule}, ${longDay(row.at)}` : dayName(row.at)}
      </div>
    )
  if (row.kind === 'alone')
    return !isUnsent(row.item) && isFact(row.item) ? <FactLine fact={row.item} /> : null
  return (
    <MessageGroup
      portal={portal}
      author={row.author}
      at={row.at}
      items={row.items}
      onDelete={onDelete}
      onAsk={onAsk}
    />
  )
}

function Typing({ portal }: { portal: string }) {
  const names = typists.value.filter(each => each.scope === portal && each.actor !== myId.value)
  const typist = names[0] && personOf(names[0].actor ?? '', portal)
  if (!typist) return null
  return (
    <p class="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {say.portal.typing(firstName(typist.name))}
    </p>
  )
}

function Trouble({ again, message }: { again(): void; message: string }) {
  return (
    <div class="empty" role="alert">
      <Icon name="alert" />
      <p>
        {words.value.thread.trouble} {message}
      </p>
      <button type="button" class="button quiet-button" onClick={again}>
        {words.value.tryAgain}
      </button>
    </div>
  )
}

/** Items by their number; the facts that stand after an item follow it in their own order. */
export function inOrder(items: FeedItem[]): FeedItem[] {
  const place = (item: FeedItem) => (isFact(item) ? item.fact : 0)
  return items.sort((a, b) => a.number - b.number || place(a) - place(b))
}

function authorOfShown(item: Shown): string {
  if (isUnsent(item)) return myId.value
  return isFact(item) ? item.actor : authorOf(item)
}

const newestNumber = (items: readonly FeedItem[]): number =>
  items.findLast(item => !isFact(item))?.number ?? 0
