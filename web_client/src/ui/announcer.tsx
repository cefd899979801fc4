import { signal } from '@preact/signals'

const CLEAR_AFTER_MS = 4_000
const spoken = signal('')
let clearing: ReturnType<typeof setTimeout> | undefined

/** Says something to a screen reader when it next pauses. One voice for the whole page. */
export function announce(words: string): void {
  spoken.value = words
  clearTimeout(clearing)
  clearing = setTimeout(() => {
    spoken.value = ''
  }, CLEAR_AFTER_MS)
}

export function Announcer() {
  return (
    <div class="sr-only" aria-live="polite" aria-atomic="true">
      {spoken}
    </div>
  )
}
