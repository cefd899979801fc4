import type { Message, Portal, Share } from '../../protocol'
import { personOf } from '../../state/people'
import { authorOf, isShare, lastStanding, lastTime, presentIn, readBy } from '../../state/portals'
import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { say } from '../../words/firm'
import { ConversationRow, saidBy } from './conversation_row'

export function PortalRow({ portal, open }: { portal: Portal; open: boolean }) {
  const clients = presentIn(portal.id).filter(stay => stay.side === 'client')
  const [first] = clients
  const last = lastStanding(portal.id)
  return (
    <ConversationRow
      scope={portal.id}
      channel="portal"
      to={`/portals/${portal.id}`}
      open={open}
      who={clients.map(stay => stay.name).join(', ') || say.inbox.noClient}
      face={first ? { id: first.person, name: first.name } : portal}
      at={lastTime(portal)}
      under={<p class="matter caption">{portal.name}</p>}
      preview={last && <LastItem item={last} />}
    />
  )
}

function LastItem({ item }: { item: Message | Share }) {
  return (
    <>
      {isReadByClients(item) && <Icon name="checks" small class="read" label={say.inbox.read} />}
      {(isShare(item) || (item.attachment && !item.text)) && <Icon name="clip" small />}
      <p>{summary(item)}</p>
    </>
  )
}

function summary(item: Message | Share): string {
  if (!isShare(item) && item.deleted) return words.value.thread.deleted
  const said = isShare(item) ? item.name : item.text || (item.attachment?.name ?? '')
  return saidBy(personOf(authorOf(item), item.portal)) + said
}

function isReadByClients(item: Message | Share): boolean {
  const clients = presentIn(item.portal).filter(stay => stay.side === 'client')
  const fromFirm = personOf(authorOf(item), item.portal)?.side === 'firm'
  return (
    fromFirm && clients.length > 0 && clients.every(stay => readBy(item.portal, stay.person) >= item.number)
  )
}
