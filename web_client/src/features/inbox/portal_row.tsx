import type { Message, Portal, Share } from '../../protocol'
import { Link } from '../../router'
import { draftText } from '../../state/drafts'
import { firstName, personOf } from '../../state/people'
import { authorOf, isShare, lastItems, lastTime, presentIn, readBy } from '../../state/portals'
import { unreadIn } from '../../state/unread'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { iso, listTime } from '../../ui/times'
import { words } from '../../words'
import { say } from '../../words/firm'

export function PortalRow({ portal, open }: { portal: Portal; open: boolean }) {
  const clients = presentIn(portal.id).filter(stay => stay.side === 'client')
  const names = clients.map(stay => stay.name).join(', ') || say.inbox.noClient
  const count = unreadIn(portal.id)
  const at = lastTime(portal)
  const face = clients[0]
  return (
    <li>
      <Link
        to={`/portals/${portal.id}`}
        class={`row${count ? ' fresh' : ''}`}
        aria-current={open ? 'true' : undefined}
      >
        <Avatar name={face?.name ?? portal.name} id={face?.person ?? portal.id} side="client" />
        <div>
          <div class="line-1">
            <span class="who">{names}</span>
            <time dateTime={iso(at)}>{listTime(at)}</time>
          </div>
          <p class="matter caption">{portal.name}</p>
          <div class="line-3">
            <Preview portal={portal.id} />
            {count > 0 && (
              <span class="badge num">
                {count}
                <span class="sr-only"> {words.value.unread}</span>
              </span>
            )}
          </div>
        </div>
      </Link>
    </li>
  )
}

function Preview({ portal }: { portal: string }) {
  const draft = draftText(portal, 'portal')
  const last = lastItems.value.get(portal)
  if (draft)
    return (
      <p>
        <span class="draft">{say.inbox.draft}</span> {draft}
      </p>
    )
  if (!last) return <p>{say.inbox.nothing}</p>
  const author = personOf(authorOf(last), portal)
  const gone = !isShare(last) && last.deleted
  const by = gone
    ? ''
    : author?.me
      ? `${words.value.youStart}: `
      : author?.side === 'firm'
        ? `${firstName(author.name)}: `
        : ''
  return (
    <>
      {isReadByClients(last) && <Icon name="checks" small class="read" label={say.inbox.read} />}
      {carriesDocument(last) && <Icon name="clip" small />}
      <p>
        {by}
        {summary(last)}
      </p>
    </>
  )
}

function summary(item: Message | Share): string {
  if (isShare(item)) return item.name
  if (item.deleted) return words.value.thread.deleted
  return item.text || (item.attachment?.name ?? '')
}

const carriesDocument = (item: Message | Share): boolean =>
  isShare(item) || Boolean(item.attachment && !item.text)

function isReadByClients(item: Message | Share): boolean {
  const clients = presentIn(item.portal).filter(stay => stay.side === 'client')
  const fromFirm = personOf(authorOf(item), item.portal)?.side === 'firm'
  return (
    fromFirm && clients.length > 0 && clients.every(stay => readBy(item.portal, stay.person) >= item.number)
  )
}
