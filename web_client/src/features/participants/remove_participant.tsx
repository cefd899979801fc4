import { run } from '../../connection/line'
import type { Participant } from '../../protocol'
import { myId } from '../../state/session'
import { FormDialog } from '../../ui/form_dialog'
import { toast } from '../../ui/toast'
import { say } from '../../words/firm'

export function RemoveParticipant({ stay, onDone }: { stay: Participant; onDone(): void }) {
  const remove = async () => {
    await run('participant.remove', { portal: stay.portal, person: stay.person })
    toast(say.people.removed(stay.name))
  }
  return (
    <FormDialog
      title={say.people.removeTitle(stay.name)}
      does={say.people.remove}
      danger
      act={remove}
      onClose={onDone}
    >
      <p class="lead">
        {stay.person === myId.value ? say.people.removeMe : say.people.removeLead(stay.name)}
      </p>
    </FormDialog>
  )
}
