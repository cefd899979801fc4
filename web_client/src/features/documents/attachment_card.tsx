import { contentAddress } from '../../connection/http'
import { fileIcon, Icon } from '../../ui/icon'
import { aboutFile } from '../../ui/sizes'
import { words } from '../../words'

export interface CardFile {
  document: string
  name: string
  size_bytes: number
  media_type: string
  available?: boolean
}

/** A document as it hangs in a conversation; one that no share shows any more keeps its name and loses its link. */
export function AttachmentCard({ file }: { file: CardFile }) {
  const open = file.available !== false
  const body = (
    <>
      <Sheet mediaType={file.media_type} />
      <span class="about">
        <span class="name">
          {open && <span class="sr-only">{words.value.resource.download} </span>}
          {file.name}
        </span>
        <span class="size">{open ? aboutFile(file) : words.value.resource.stopped}</span>
      </span>
    </>
  )
  if (!open) return <div class="attachment stopped">{body}</div>
  return (
    <a class="attachment" href={contentAddress(file.document)} download={file.name}>
      {body}
      <Icon name="save" class="go" />
    </a>
  )
}

/** A small drawn page, or a frame for a picture. */
export function Sheet({ mediaType = '' }: { mediaType?: string | undefined }) {
  if (fileIcon(mediaType) === 'picture')
    return (
      <span class="sheet picture" aria-hidden="true">
        <Icon name="picture" />
      </span>
    )
  return (
    <span class="sheet" aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
      <i />
      <i />
    </span>
  )
}
