import type { Signal } from '@preact/signals'
import type { Document } from '../../protocol'
import { Icon } from '../../ui/icon'
import { aboutFile } from '../../ui/sizes'
import { words } from '../../words'
import { Sheet } from './attachment_card'
import { percentSent, type Upload } from './uploads'

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
  const there = attachedDocument(held)
  const name = there?.name ?? (held.kind === 'upload' ? held.upload.file.name : '')
  const problem = held.kind === 'upload' ? held.upload.problem.value : null
  const percent = held.kind === 'upload' ? percentSent(held.upload) : 100
  const remove = () => {
    if (held.kind === 'upload') held.upload.cancel()
    attaching.value = null
  }
  return (
    <div class={`attaching${problem ? ' bad' : ''}`}>
      <Sheet mediaType={there?.media_type} />
      <div class="about">
        <p class="name cut">{name}</p>
        {problem ? (
          <p class="size trouble" role="alert">
            {problem.sentence}
          </p>
        ) : there ? (
          <p class="size">
            {aboutFile(there)}, {composer.uploaded.toLocaleLowerCase()}
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
