import { batch } from '@preact/signals'
import type { Event, EventBodies, EventKind } from '../protocol'

/** What each kind of event does to the state. An application names only the kinds that it shows. */
export type Appliers = { [K in EventKind]?: (body: EventBodies[K], event: Event) => void }

/**
 * Applies a batch as one change. Unknown kinds are passed over, since the server may know more than this page,
 * and so are events without a body: what they told of is gone for good.
 */
export function applyWith(features: readonly Appliers[], events: readonly Event[]): void {
  batch(() => {
    for (const event of events) {
      if (event.body === undefined || event.body === null) continue
      for (const appliers of features) {
        const apply = appliers[event.kind as EventKind] as ((body: unknown, event: Event) => void) | undefined
        apply?.(event.body, event)
      }
    }
  })
}
