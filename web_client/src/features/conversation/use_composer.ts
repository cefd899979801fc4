import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { phase, run, tell } from '../../connection/line'
import { SIGNAL_INTERVAL_MS } from '../../protocol'
import { type Channel, drafts, draftText } from '../../state/drafts'
import { keptDraft } from './kept_draft'

const SAVE_AFTER_MS = 1_200
const TYPING_MS = 5_000

export interface Composing {
  text: Signal<string>
  draftSaved: Signal<boolean>
  type(text: string): void
  /** Empties the composer after sending, here and in the kept draft. */
  sent(): void
}

/**
 * The text of one composer, bound to one place for its whole life: mount a new one to write elsewhere.
 *
 * What is typed is kept on the device at once and on the server after a pause; what another device saved
 * appears here as long as nothing was typed since.
 */
export function useComposer(scope: string, channel: Channel): Composing {
  const text = useSignal(keptDraft.read(scope, channel) ?? draftText(scope, channel))
  const draftSaved = useSignal(false)
  const saving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const lastTyping = useRef(0)
  const typed = useRef(keptDraft.read(scope, channel) !== null)

  const save = () => {
    clearTimeout(saving.current)
    saving.current = undefined
    const saved = text.peek()
    run('draft.save', { scope, channel, text: saved })
      .then(() => {
        if (text.peek() !== saved) return
        typed.current = false
        keptDraft.drop(scope, channel)
        draftSaved.value = saved !== ''
      })
      .catch(() => {})
  }
  const type = (next: string) => {
    text.value = next
    typed.current = true
    draftSaved.value = false
    keptDraft.write(scope, channel, next)
    clearTimeout(saving.current)
    saving.current = setTimeout(save, SAVE_AFTER_MS)
    if (channel === 'portal' && next && Date.now() - lastTyping.current > SIGNAL_INTERVAL_MS) {
      lastTyping.current = Date.now()
      tell('typing', scope, TYPING_MS)
    }
  }
  const sent = () => {
    text.value = ''
    draftSaved.value = false
    if (draftText(scope, channel)) save()
    else {
      clearTimeout(saving.current)
      saving.current = undefined
      typed.current = false
      keptDraft.drop(scope, channel)
    }
  }
  const fromServer = drafts.value
  useEffect(() => {
    if (!typed.current) text.value = draftText(scope, channel)
  }, [fromServer])
  useEffect(() => {
    if (phase.value === 'live' && typed.current && saving.current === undefined) save()
  }, [phase.value])
  useEffect(
    () => () => {
      if (saving.current !== undefined) save()
    },
    [],
  )
  return { text, draftSaved, type, sent }
}
