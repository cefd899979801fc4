import { type Signal, signal } from '@preact/signals'
import { RequestFailed, upload } from '../../connection/http'
import { newKey } from '../../connection/outbox'
import type { Document } from '../../protocol'
import { MAX_UPLOAD_BYTES } from '../../protocol'
import { sizeName } from '../../ui/sizes'
import { words } from '../../words'

export interface UploadProblem {
  sentence: string
  /** Whether the same file may arrive at another attempt. */
  temporary: boolean
}

/** One file on its way into a matter. */
export interface Upload {
  key: string
  file: File
  sent_bytes: Signal<number>
  document: Signal<Document | null>
  /** Why it did not arrive, in a sentence; null while it is on its way or there. */
  problem: Signal<UploadProblem | null>
  cancel(): void
  /** Sends it again with the same key, so that a first attempt that did arrive is found, not doubled. */
  again(): void
}

/** Begins at once. `done` is told of the document; a cancelled upload tells nobody. */
export function beginUpload(
  portal: string,
  file: File,
  done: (document: Document) => void = () => {},
): Upload {
  const key = newKey()
  const sent_bytes = signal(0)
  const document = signal<Document | null>(null)
  const problem = signal<UploadProblem | null>(refusal(file))
  let cancel = () => {}
  const begin = () => {
    problem.value = refusal(file)
    if (problem.peek()) return
    const uploading = upload(portal, key, file, sent => {
      sent_bytes.value = sent
    })
    cancel = uploading.cancel
    uploading.done.then(
      arrived => {
        document.value = arrived
        done(arrived)
      },
      (error: unknown) => {
        if (!(error instanceof RequestFailed)) throw error
        if (error.problem.code !== 'cancelled') problem.value = problemOf(error)
      },
    )
  }
  begin()
  return { key, file, sent_bytes, document, problem, cancel: () => cancel(), again: begin }
}

/** How much of a file has gone. The last percent is the server's answer. */
export const percentSent = ({ file, sent_bytes }: Upload): number =>
  file.size ? Math.min(99, Math.floor((100 * sent_bytes.value) / file.size)) : 0

/** What can be known before a byte is sent; the server checks again while it streams. */
function refusal(file: File): UploadProblem | null {
  if (file.size === 0) return { sentence: words.value.composer.emptyFile, temporary: false }
  return file.size > MAX_UPLOAD_BYTES ? tooLarge() : null
}

function problemOf(error: RequestFailed): UploadProblem {
  if (error.problem.code === 'too_large') return tooLarge()
  return { sentence: error.problem.message, temporary: error.problem.temporary ?? false }
}

const tooLarge = (): UploadProblem => ({
  sentence: words.value.composer.tooLarge(sizeName(MAX_UPLOAD_BYTES)),
  temporary: false,
})
