import type { Signal } from '@preact/signals'
import type { Document } from '../../protocol'
import { Icon } from '../../ui/icon'
import { sizeName } from '../../ui/sizes'
import { words } from '../../words'
import { Sheet } from './attachment_card'
import type { Upload } from './uploads'

/** What hangs on the message being written: a file on its way, or a document that is there already. */
export type Attaching = { kind: 'upload'; upload: Upload } | { kind: 'document'; document: Document }

/** The document that the message would carry now; null while its upload is not there yet. */
export function attachedDocument(attaching: Attaching | null): Document | null {
  if (!attaching) return null
  return attaching.kind === 'document' ? attaching.document : attaching.upload.document.value
}

export function AttachingChip({ attaching }: { attaching: Signal<Attaching | null> }) {
  const held = attaching.value
  if (!held) return null
  const { composer } = words.value
  const file = held.kind === 'document' ? held.document : held.upload.file
  const size = held.kind === 'document' ? held.document.size_bytes : held.upload.file.size
  const problem = held.kind === 'upload' ? held.upload.problem.value : null
  const there = attachedDocument(held) !== null
  const sent = held.kind === 'upload' ? held.upload.sent_bytes.value : size
  const percent = size ? Math.min(99, Math.floor((100 * sent) / size)) : 0
  const remove = () => {
    if (held.kind === 'upload') held.upload.cancel()
    attaching.value = null
  }
  return (
    <div class={`attaching${problem ? ' bad' : ''}`}>
      <Sheet />
      <div class="about">
        <p class="name cut">{file.name}</p>
        {problem ? (
          <p class="size trouble" role="alert">
            {problem.sentence}
          </p>
        ) : there ? (
          <p class="size">
            {sizeName(size)}, {composer.uploaded.toLocaleLowerCase()}
          </p>
        ) : (
          <>
            <progress class="progress" max={100} value={percent} aria-label={composer.uploading(percent)} />
            <p class="size num">{composer.uploading(percent)}</p>
          </>
        )}
      </div>
      {problem?.temporary && held.kind === 'upload' && (
        <button type="button" class="text-button" onClick={held.upload.again}>
          {words.value.tryAgain}
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={there || problem ? composer.removeAttachment : composer.cancelUpload}
        onClick={remove}
      >
        <Icon name="close" small />
      </button>
    </div>
  )
}
