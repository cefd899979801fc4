import type { Message, Participant } from '../../protocol'
import { isFact, portalFeeds, presentIn, readBy } from '../../state/portals'
import { Avatar } from '../../ui/avatar'
import { Dialog } from '../../ui/dialog'
import { timeWithDay } from '../../ui/times'
import { say } from '../../words/firm'

/** Every participant with the time at which a message was first read, as far as the events here tell it. */
export function WhoRead({ message, onClose }: { message: Message; onClose(): void }) {
  const able = presentIn(message.portal).filter(stay => (stay.visible_from ?? 0) < message.number)
  return (
    <Dialog title={say.portal.whoRead} onClose={onClose}>
      <ul class="people">
        {able.map(stay => (
          <li key={stay.id} class="person">
            <Avatar name={stay.name} id={stay.person} side={stay.side} />
            <div class="about">
              <p class="name">{stay.name}</p>
              <p class="quiet">{readingOf(stay, message)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

function readingOf(stay: Participant, message: Message): string {
  if (stay.person === message.author) return say.portal.author
  if (readBy(message.portal, stay.person) < message.number) return say.portal.notYet
  const facts = [...(portalFeeds.get(message.portal)?.items.values() ?? [])].filter(isFact)
  const times = facts.filter(
    fact => fact.kind === 'message.read' && fact.actor === stay.person && (fact.upto ?? 0) >= message.number,
  )
  return times.length
    ? say.portal.readAt(timeWithDay(Math.min(...times.map(fact => fact.at))))
    : say.portal.read
}
