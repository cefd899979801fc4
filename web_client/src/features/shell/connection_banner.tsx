import { useEffect, useState } from 'preact/hooks'
import { phase, reconnect, stopReason } from '../../connection/line'
import { Icon } from '../../ui/icon'
import { words } from '../../words'

const SHOWN_AFTER_MS = 2_000

/** Says that the line is down, but not for a blink; and what to do where only the person can go on. */
export function ConnectionBanner() {
  const down = useLasting(phase.value === 'waiting' || phase.value === 'connecting', SHOWN_AFTER_MS)
  const { connection } = words.value
  const reason = stopReason.value
  if (phase.value === 'stopped' && reason && reason !== 'signed_out') {
    const sentence = {
      elsewhere: connection.elsewhere,
      outdated: connection.outdated,
      suspended: connection.suspended,
      forbidden: connection.forbidden,
    }[reason]
    return (
      <div class="banner" role="alert">
        <Icon name="alert" small />
        <span>{sentence}</span>
        {reason === 'elsewhere' && (
          <button type="button" class="text-button" onClick={reconnect}>
            {connection.useHere}
          </button>
        )}
        {(reason === 'outdated' || reason === 'forbidden') && (
          <button type="button" class="text-button" onClick={() => location.reload()}>
            {words.value.reload}
          </button>
        )}
      </div>
    )
  }
  if (!down) return null
  return (
    <div class="banner" role="status">
      <Icon name="cloud_off" small />
      <span>{connection.waiting}</span>
    </div>
  )
}

/** True once `now` has been true for `ms` without a break. */
function useLasting(now: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!now) return setLasting(false)
    const timer = setTimeout(() => setLasting(true), ms)
    return () => clearTimeout(timer)
  }, [now, ms])
  return lasting
}
