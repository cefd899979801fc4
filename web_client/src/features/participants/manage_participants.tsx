import { useSignal } from '@preact/signals'
import type { Participant } from '../../protocol'
import { presentIn } from '../../state/portals'
import { myId } from '../../state/session'
import { Dialog } from '../../ui/dialog'
import { Icon } from '../../ui/icon'
import { PersonLine } from '../../ui/person_line'
import { shortDay } from '../../ui/times'
import { say } from '../../words/firm'
import { AddParticipant } from './add_participant'
import { RemoveParticipant } from './remove_participant'

type Step = { kind: 'list' } | { kind: 'add' } | { kind: 'remove'; stay: Participant }

/** Who takes part in a portal: everybody with their part, and adding and removing (rules A1, A2, A4). */
export function ManageParticipants({ portal, onClose }: { portal: string; onClose(): void }) {
  const step = useSignal<Step>({ kind: 'list' })
  const toList = () => {
    step.value = { kind: 'list' }
  }
  if (step.value.kind === 'add') return <AddParticipant portal={portal} onDone={toList} onClose={onClose} />
  if (step.value.kind === 'remove') return <RemoveParticipant stay={step.value.stay} onDone={toList} />
  const stays = presentIn(portal)
  const lastOfFirm = stays.filter(stay => stay.side === 'firm').length === 1
  return (
    <Dialog
      title={say.people.title}
      onClose={onClose}
      footer={
        <button
          type="button"
          class="button"
          data-first
          onClick={() => {
            step.value = { kind: 'add' }
          }}
        >
          <Icon name="plus" small />
          {say.people.add}
        </button>
      }
    >
      <ul class="people">
        {stays.map(stay => {
          const kept = lastOfFirm && stay.side === 'firm'
          return (
            <PersonLine
              key={stay.id}
              id={stay.person}
              name={stay.name}
              side={stay.side}
              beside={stay.person === myId.value && say.portal.you}
              note={partOf(stay)}
            >
              <button
                type="button"
                class="button quiet-button small"
                disabled={kept}
                title={kept ? say.people.last : undefined}
                aria-label={say.people.removeLabel(stay.name)}
                onClick={() => {
                  step.value = { kind: 'remove', stay }
                }}
              >
                {say.people.remove}
              </button>
            </PersonLine>
          )
        })}
      </ul>
      {lastOfFirm && <p class="quiet">{say.people.last}</p>}
    </Dialog>
  )
}

function partOf(stay: Participant): string {
  const since = stay.joined_at && say.people.since(shortDay(stay.joined_at))
  const role = stay.side === 'client' ? say.portal.client : stay.title || say.people.colleague
  const limited = stay.visible_from ? say.people.fromNowOn : ''
  const untold = stay.side === 'client' && stay.email === null ? say.portal.noEmail : ''
  return [role, since, limited, untold].filter(Boolean).join(', ')
}
