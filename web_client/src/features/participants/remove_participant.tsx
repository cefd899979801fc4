import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Participant } from '../../protocol'
import { myId } from '../../state/session'
import { Dialog } from '../../ui/dialog'
import { Complaint } from '../../ui/field'
import { toast } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'

export function RemoveParticipant({ stay, onDone }: { stay: Participant; onDone(): void }) {
  const busy = useSignal(false)
  const problem = useSignal('')
  const remove = async () => {
    busy.value = true
    try {
      await run('participant.remove', { portal: stay.portal, person: stay.person })
      toast(say.people.removed(stay.name))
      onDone()
    } catch (error) {
      problem.value = error instanceof Error ? error.message : ''
      busy.value = false
    }
  }
  return (
    <Dialog
      title={say.people.removeTitle(stay.name)}
      onClose={onDone}
      onSubmit={() => void remove()}
      footer={
        <>
          <button type="button" class="button quiet-button" data-first onClick={onDone}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button danger" disabled={busy.value}>
            {say.people.remove}
          </button>
        </>
      }
    >
      <p class="lead">
        {stay.person === myId.value ? say.people.removeMe : say.people.removeLead(stay.name)}
      </p>
      {problem.value && <Complaint>{problem.value}</Complaint>}
    </Dialog>
  )
}
