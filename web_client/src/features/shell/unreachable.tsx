import { Icon } from '../../ui/icon'
import { words } from '../../words'

/** The first request already failed: nothing can be shown but the way on. */
export function Unreachable() {
  return (
    <main class="lonely">
      <div class="empty">
        <Icon name="cloud_off" />
        <h1>{words.value.unreachable}</h1>
        <p>{words.value.unreachableLead}</p>
        <button type="button" class="button" onClick={() => location.reload()}>
          {words.value.tryAgain}
        </button>
      </div>
    </main>
  )
}
