import type { Message, Participant } from '../../protocol'
import { isFact, portalFeeds, presentIn, readBy } from '../../state/portals'
import { Dialog } from '../../ui/dialog'
import { PersonLine } from '../../ui/person_line'
import { timeWithDay } from '../../ui/times'
import { say } from '../../words/firm'

/** Every participant with the time at which a message was first read, as far as the events here tell it. */
export function WhoRead({ message, onClose }: { message: Message; onClose(): void }) {
  const able = presentIn(message.portal).filter(stay => (stay.visible_from ?? 0) < message.number)
  return (
    <Dialog title={say.portal.whoRead} onClose={onClose}>
      <ul class="people">
        {able.map(stay => (
          <PersonLine
            key={stay.id}
            id={stay.person}
            name={stay.name}
            side={stay.side}
            note={readingOf(stay, message)}
          />
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
