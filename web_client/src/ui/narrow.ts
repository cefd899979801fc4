import { signal } from '@preact/signals'

const query = matchMedia('(max-width: 860px)')

/** Whether there is room for one pane only. The pane that is visible is the page's `main`. */
export const narrow = signal(query.matches)

query.addEventListener('change', () => {
  narrow.value = query.matches
})
