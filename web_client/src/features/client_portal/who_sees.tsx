import type { Participant } from '../../protocol'
import { presentIn } from '../../state/portals'
import { myId } from '../../state/session'
import { Dialog } from '../../ui/dialog'
import { PersonLine } from '../../ui/person_line'
import { words } from '../../words'

/** Who takes part, without times: that is all a client learns of the others (rule R4). */
export function WhoSees({ portal, onClose }: { portal: string; onClose(): void }) {
  const { client } = words.value
  const stays = presentIn(portal)
  return (
    <Dialog title={client.whoSees} onClose={onClose}>
      <p class="lead">{client.whoSeesLead}</p>
      <People title={client.yourFirm} stays={stays.filter(stay => stay.side === 'firm')} />
      <People title={client.clients} stays={stays.filter(stay => stay.side === 'client')} />
    </Dialog>
  )
}

function People({ title, stays }: { title: string; stays: Participant[] }) {
  return (
    <section>
      <h3 class="rows-title">{title}</h3>
      <ul class="people">
        {stays.map(stay => (
          <PersonLine
            key={stay.id}
            id={stay.person}
            name={stay.name}
            side={stay.side}
            note={stay.person === myId.value ? words.value.youStart : stay.title}
          />
        ))}
      </ul>
    </section>
  )
}
