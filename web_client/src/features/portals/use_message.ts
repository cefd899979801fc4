import { type Signal, useSignal } from '@preact/signals'
import { type Document, MAX_MESSAGE_CHARACTERS } from '../../protocol'
import { toast, toastProblem } from '../../ui/toast'
import { words } from '../../words'
import { type Composing, useComposer } from '../conversation/use_composer'
import { type Attaching, attachedDocument } from '../documents/attaching'
import { beginUpload } from '../documents/uploads'
import { sendMessage } from './send_message'

export interface Writing {
  composing: Composing
  attaching: Signal<Attaching | null>
  tooLong: boolean
  /** Whether it can be sent now: text, a document that has arrived, or both (rule P2). */
  ready: boolean
  send(): void
  attachFile(files: File[]): void
  attachDocument(document: Document): void
}

/** A message being written to one portal, with at most one document. */
export function useMessage(portal: string): Writing {
  const composing = useComposer(portal, 'portal')
  const attaching = useSignal<Attaching | null>(null)
  const text = composing.text.value.trim()
  const document = attachedDocument(attaching.value)
  const tooLong = text.length > MAX_MESSAGE_CHARACTERS
  const ready = !tooLong && (attaching.value ? document !== null : text !== '')
  const send = () => {
    if (!ready) return
    void sendMessage(portal, text, document).catch(toastProblem)
    composing.sent()
    attaching.value = null
  }
  const attachFile = ([file, ...more]: File[]) => {
    if (!file) return
    if (attaching.peek() || more.length) return refuseSecond()
    attaching.value = { kind: 'upload', upload: beginUpload(portal, file) }
  }
  const attachDocument = (chosen: Document) => {
    if (attaching.peek()) return refuseSecond()
    attaching.value = { kind: 'document', document: chosen }
  }
  return { composing, attaching, tooLong, ready, send, attachFile, attachDocument }
}

const refuseSecond = (): void => toast(words.value.composer.oneDocument, { bad: true })
