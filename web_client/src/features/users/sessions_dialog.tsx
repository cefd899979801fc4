import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { query } from '../../connection/http'
import { run } from '../../connection/line'
import type { Session } from '../../protocol'
import { Dialog } from '../../ui/dialog'
import { Icon } from '../../ui/icon'
import { timeWithDay } from '../../ui/times'
import { toast, toastProblem } from '../../ui/toast'
import { say } from '../../words/firm'

/** Every browser in which this person is signed in; each can be signed out from here (rule A5). */
export function SessionsDialog({ onClose }: { onClose(): void }) {
  const sessions = useSignal<Session[]>([])
  useEffect(() => {
    query('session.list', {}).then(found => {
      sessions.value = found.sessions
    }, toastProblem)
  }, [])
  const end = async (session: Session) => {
    try {
      await run('session.end', { session: session.id })
      sessions.value = sessions.value.filter(each => each !== session)
      toast(say.sessions.ended)
    } catch (error) {
      toastProblem(error)
    }
  }
  return (
    <Dialog title={say.sessions.title} onClose={onClose}>
      <ul class="people">
        {sessions.value.map(session => (
          <li key={session.id} class="person">
            <span class="row-icon">
              <Icon name="lock" />
            </span>
            <div class="about">
              <p class="name cut">{session.device}</p>
              <p class="quiet">
                {session.current ? say.sessions.current : say.sessions.used(timeWithDay(session.used_at))}
              </p>
            </div>
            {!session.current && (
              <button type="button" class="button quiet-button small" onClick={() => void end(session)}>
                {say.sessions.end}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
