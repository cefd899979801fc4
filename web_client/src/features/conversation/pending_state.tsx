import { discard, phase, tryAgain } from '../../connection/line'
import type { Pending } from '../../connection/outbox'
import { Icon } from '../../ui/icon'
import { words } from '../../words'

/** Where something that this device sent stands, and the way on where it failed. */
export function PendingState({ entry }: { entry: Pick<Pending, 'state' | 'key' | 'problem'> }) {
  const { thread } = words.value
  if (entry.state !== 'failed')
    return (
      <p class="state">
        <Icon name="clock" small />
        {phase.value === 'live' ? thread.sending : thread.waiting}
      </p>
    )
  return (
    <p class="state trouble" role="alert">
      <Icon name="alert" small />
      <span>
        <b>{thread.notSent}</b> {entry.problem?.message}
      </span>
      <button type="button" class="text-button" onClick={() => tryAgain(entry.key)}>
        {words.value.tryAgain}
      </button>
      <button type="button" class="text-button" onClick={() => discard(entry.key)}>
        {words.value.discard}
      </button>
    </p>
  )
}
