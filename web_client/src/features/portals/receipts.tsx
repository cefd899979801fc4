import { firstName } from '../../state/people'
import { presentIn, readBy } from '../../state/portals'
import { Icon } from '../../ui/icon'
import { fewOf } from '../../words'
import { say } from '../../words/firm'

/** Who has read, client by client. Colleagues' reads stand among the events and in the list behind this line. */
export function Receipts({ portal, number, onAsk }: { portal: string; number: number; onAsk(): void }) {
  const clients = presentIn(portal).filter(
    stay => stay.side === 'client' && (stay.visible_from ?? 0) < number,
  )
  if (!clients.length) return <p class="state">{say.portal.noClientYet}</p>
  const read = clients.filter(stay => readBy(portal, stay.person) >= number).map(stay => firstName(stay.name))
  const unread = clients
    .filter(stay => readBy(portal, stay.person) < number)
    .map(stay => firstName(stay.name))
  const parts = [
    read.length > 0 && say.portal.readBy(fewOf(read)),
    unread.length > 0 && say.portal.sentTo(fewOf(unread)),
  ]
  return (
    <button type="button" class="state receipts" onClick={onAsk}>
      <Icon name={read.length ? 'checks' : 'check'} small class={read.length ? 'read' : ''} />
      {parts.filter(Boolean).join('. ')}
    </button>
  )
}
