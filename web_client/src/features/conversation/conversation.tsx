import type { ComponentChildren } from 'preact'
import { myId } from '../../state/session'
import { isUnread, markRead, unread, wouldRead } from '../../state/unread'
import { dayName, longDay } from '../../ui/times'
import { words } from '../../words'
import { Log } from './log'
import { arrange, type Row } from './rows'
import { Trouble } from './trouble'
import { isUnsent, type Unsent } from './unsent'
import { useArrivals } from './use_arrivals'
import type { OpenFeed } from './use_feed'

interface Item {
  id: string
  version: number
  number: number
  at: number
}

export type GroupRow<T> = Extract<Row<T>, { kind: 'group' }>

interface ConversationProps<T extends Item, U extends Unsent> {
  /** The portal or thread. */
  scope: string
  label: string
  open: OpenFeed<Item>
  /** What has come, in order, and what this device has said besides. */
  items: readonly T[]
  unsent: readonly U[]
  authorOf(item: T): string
  /** What a screen reader says of something that came while the conversation was open. */
  spoken(item: T): string
  /** How long a thing must be looked at until it is read. */
  dwell_ms: number
  onRead(number: number): void
  empty: ComponentChildren
  group(row: GroupRow<T | U>): ComponentChildren
  /** Events stand by themselves and are never new. */
  isEvent?(item: T): boolean
  event?(item: T): ComponentChildren
  /** What stands below the last thing said. */
  children?: ComponentChildren
}

/** One conversation: days, the "New" rule, groups, events; what was really looked at is marked as read. */
export function Conversation<T extends Item, U extends Unsent>(props: ConversationProps<T, U>) {
  const { scope, open, items, unsent, authorOf, isEvent = () => false } = props
  const loaded = Boolean(open.feed?.loaded)
  const said = items.filter(item => !isEvent(item))
  const firstNew = useArrivals(loaded, said, item => isUnread(scope, item.number), props.spoken)
  const shown: (T | U)[] = [...items, ...unsent]
  const rows = arrange(shown, {
    author: item => (isUnsent(item) ? myId.value : authorOf(item)),
    alone: item => !isUnsent(item) && isEvent(item),
    firstNew,
  })
  const read = (number: number) => {
    if (!wouldRead(scope, number)) return
    markRead(scope, number)
    props.onRead(number)
  }
  return (
    <Log
      label={props.label}
      first={shown[0]?.id ?? ''}
      last={shown.at(-1)?.id ?? ''}
      newest={said.at(-1)?.number ?? 0}
      newSince={number => (unread.value.get(scope)?.numbers ?? []).filter(each => each > number).length}
      sent={unsent.length}
      more={open.feed?.more ?? false}
      loadingOlder={open.loadingOlder}
      onOlder={open.older}
      dwell_ms={props.dwell_ms}
      onRead={read}
    >
      {open.problem && <Trouble problem={open.problem} again={open.again} slight={loaded} />}
      {loaded && !shown.length && props.empty}
      {rows.map(row => {
        if (row.kind === 'group') return props.group(row)
        if (row.kind === 'alone') return isUnsent(row.item) ? null : props.event?.(row.item)
        return <Rule key={row.key} row={row} />
      })}
      {props.children}
    </Log>
  )
}

/** A new day, or where what is new begins, or both at once. */
function Rule<T>({ row }: { row: Extract<Row<T>, { kind: 'day' | 'new' }> }) {
  const { newRule } = words.value.thread
  if (row.kind === 'new')
    return (
      <p class="day new" data-new>
        {newRule}
      </p>
    )
  return (
    <p class={`day${row.fresh ? ' new' : ''}`} data-new={row.fresh || undefined}>
      {row.fresh ? `${newRule}, ${longDay(row.at)}` : dayName(row.at)}
    </p>
  )
}
