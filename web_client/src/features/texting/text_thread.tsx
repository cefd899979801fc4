import { post } from '../../connection/line'
import type { Contact, Text } from '../../protocol'
import { firstName, personOf } from '../../state/people'
import { myId } from '../../state/session'
import { isUnread, markRead, unread, wouldRead } from '../../state/unread'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { clock, dayName, fullTime, iso, longDay } from '../../ui/times'
import { words } from '../../words'
import { say } from '../../words/firm'
import { Log } from '../conversation/log'
import { PendingState } from '../conversation/pending_state'
import { arrange, type Row } from '../conversation/rows'
import { useArrivals } from '../conversation/use_arrivals'
import type { OpenFeed } from '../conversation/use_feed'
import { pendingTo, type UnsentText } from './send_text'
import { TextComposer } from './text_composer'
import { TextFate } from './text_fate'

/** A text is read as soon as it was on a screen that somebody looks at (rule U1). */
const READ_AFTER_MS = 300

type Shown = Text | UnsentText
const isUnsent = (item: Shown): item is UnsentText => 'entry' in item

interface TextThreadProps {
  contact: string
  name: string
  card: Contact | undefined
  open: OpenFeed<Text>
}

export function TextThread({ contact, name, card, open }: TextThreadProps) {
  const texts = [...(open.feed?.items.values() ?? [])].sort((a, b) => a.number - b.number)
  const firstNew = useArrivals(
    Boolean(open.feed?.loaded),
    texts,
    text => isUnread(contact, text.number),
    text => words.value.thread.arrived(name, text.text),
  )
  const pending = pendingTo(contact)
  const shown: Shown[] = [...texts, ...pending]
  const rows = arrange(shown, { author: item => authorOf(item, contact), alone: () => false, firstNew })
  const read = (number: number) => {
    if (!wouldRead(contact, number)) return
    markRead(contact, number)
    post('thread.read', { contact, number })
  }
  return (
    <div class="panel">
      <Log
        label={say.texts.label(name)}
        first={shown[0]?.id ?? ''}
        last={shown.at(-1)?.id ?? ''}
        newest={texts.at(-1)?.number ?? 0}
        newSince={number => (unread.value.get(contact)?.numbers ?? []).filter(each => each > number).length}
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
            <Icon name="phone" />
            <h2>{say.texts.empty}</h2>
            <p>{say.texts.emptyLead(firstName(name))}</p>
          </div>
        )}
        {rows.map(row => (
          <RowView key={row.key} row={row} contact={contact} name={name} />
        ))}
      </Log>
      {card && <TextComposer key={contact} card={card} />}
    </div>
  )
}

function authorOf(item: Shown, contact: string): string {
  if (isUnsent(item)) return myId.value
  return item.inbound ? contact : (item.author ?? '')
}

function RowView({ row, contact, name }: { row: Row<Shown>; contact: string; name: string }) {
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
  if (row.kind === 'alone') return null
  const inbound = row.author === contact
  const author = inbound ? { name, title: '' } : personOf(row.author)
  return (
    <article
      class={`group${inbound ? '' : ' mine'}`}
      aria-label={words.value.thread.item(author?.name ?? '', clock(row.at))}
    >
      <p class="by">
        <b>{author?.name ?? words.value.thread.someone}</b> {author?.title ? `${author.title}, ` : ''}
        <time dateTime={iso(row.at)} title={fullTime(row.at)}>
          {clock(row.at)}
        </time>
      </p>
      {inbound && <Avatar name={name} id={contact} side="client" small />}
      {row.items.map((item, index) =>
        isUnsent(item) ? (
          <div key={item.id} class={`piece pending${item.entry.state === 'failed' ? ' failed' : ''}`}>
            <p class="bubble">{item.entry.args.text}</p>
            <PendingState entry={item.entry} />
          </div>
        ) : (
          <div
            key={item.id}
            class={`piece${item.state === 'failed' ? ' failed' : ''}`}
            data-number={item.number}
          >
            <p class="bubble">{item.text}</p>
            {item.flagged && (
              <p class="state trouble">
                <Icon name="alert" small />
                {say.texts.flagged}
              </p>
            )}
            {!item.inbound && <TextFate text={item} quiet={followsSame(row.items, index)} />}
          </div>
        ),
      )}
    </article>
  )
}

/** A delivered text before another delivered one needs no line of its own. */
function followsSame(items: readonly Shown[], index: number): boolean {
  const item = items[index]
  const next = items[index + 1]
  return Boolean(
    item &&
      next &&
      !isUnsent(item) &&
      !isUnsent(next) &&
      item.state === 'delivered' &&
      next.state === 'delivered',
  )
}
