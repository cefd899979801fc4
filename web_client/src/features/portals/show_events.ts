import { signal } from '@preact/signals'

const KEPT_AS = 'causeway.show-events'

/** Whether this viewer sees events between the messages (rule R3). */
export const showEvents = signal(localStorage.getItem(KEPT_AS) !== 'off')

export function setShowEvents(on: boolean): void {
  localStorage.setItem(KEPT_AS, on ? 'on' : 'off')
  showEvents.value = on
}
