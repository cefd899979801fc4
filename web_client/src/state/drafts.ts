import { signal } from '@preact/signals'
import type { Draft } from '../protocol'

export type Channel = Draft['channel']

/** What the server keeps of unfinished messages, by place. What this tab types is in its composer. */
export const drafts = signal<ReadonlyMap<string, Draft>>(new Map())

export const draftPlace = (scope: string, channel: Channel): string => `${channel}:${scope}`

export function replaceDrafts(given: readonly Draft[]): void {
  drafts.value = new Map(given.map(draft => [draftPlace(draft.scope, draft.channel), draft]))
}

export function putDraft(draft: Draft): void {
  const place = draftPlace(draft.scope, draft.channel)
  const held = drafts.peek().get(place)
  if (!held || draft.version >= held.version) drafts.value = new Map(drafts.peek()).set(place, draft)
}

export function draftText(scope: string, channel: Channel): string {
  return drafts.value.get(draftPlace(scope, channel))?.text ?? ''
}
