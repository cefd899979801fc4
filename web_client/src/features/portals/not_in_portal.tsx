import { query } from '../../connection/http'
import { run } from '../../connection/line'
import type { MatterCard } from '../../protocol'
import { go } from '../../router'
import { myId } from '../../state/session'
import { Icon } from '../../ui/icon'
import { toastProblem } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'
import { PendingState } from '../conversation/pending_state'
import { Trouble } from '../conversation/trouble'
import { PaneHead } from '../shell/pane_head'
import { useAsked } from '../shell/use_asked'
import { PortalComposer } from './portal_composer'
import { unsentIn } from './send_message'

/** A matter whose portal this person does not see: it may be opened, covered by an admin, or left alone. */
export function NotInPortal({ matter }: { matter: string }) {
  const { found: card, problem, again } = useAsked(() => query('matter.get', { matter }), [matter])
  if (card === undefined)
    return (
      <main class="pane" aria-busy={!problem}>
        {problem && <Trouble problem={problem} again={again} />}
      </main>
    )
  if (card?.portal === 'none') return <StartPortal card={card} />
  return (
    <main class="pane">
      <div class="empty">
        <Icon name="lock" />
        <h1>{say.portal.hidden}</h1>
        {card?.portal === 'closed_to_you' ? <Cover matter={matter} /> : <p>{say.portal.hiddenLead}</p>}
        <button type="button" class="button quiet-button" onClick={() => go('/')}>
          {words.value.back}
        </button>
      </div>
    </main>
  )
}

function Cover({ matter }: { matter: string }) {
  const join = () => run('participant.add', { portal: matter, person: myId.peek() }).catch(toastProblem)
  return (
    <>
      <p>{say.portal.coverLead}</p>
      <button type="button" class="button" onClick={() => void join()}>
        {say.portal.cover}
      </button>
    </>
  )
}

function StartPortal({ card }: { card: MatterCard }) {
  const client = card.contacts.find(contact => contact.id === card.matter.client)
  const name = client?.name ?? say.portal.client
  const unsent = unsentIn(card.matter.id)
  return (
    <main class="pane thread" aria-labelledby="pane-title">
      <PaneHead
        name={card.matter.name}
        serif
        back="/"
        backTo={say.portal.back}
        under={
          <>
            {card.matter.number && <span class="num">{card.matter.number}</span>}
            {card.matter.area && <span>{card.matter.area}</span>}
          </>
        }
      />
      <div class="panel">
        <div class="empty">
          <Icon name="chat" />
          <h2>{say.portal.startTitle}</h2>
          <p>{say.portal.startLead(name)}</p>
          {client && !client.emails.length && <p class="trouble">{say.people.noEmail(name)}</p>}
          {unsent.map(({ id, entry }) => (
            <PendingState key={id} entry={entry} />
          ))}
        </div>
        <PortalComposer
          key={card.matter.id}
          portal={card.matter.id}
          privateTo={say.portal.startStrip(name)}
        />
      </div>
    </main>
  )
}
