import { Icon } from '../../ui/icon'
import { words } from '../../words'
import { Sheet } from './attachment_card'
import { percentSent, type Upload } from './uploads'

/** One file on its way into a list of documents. */
export function UploadLine({ upload, onRemove }: { upload: Upload; onRemove(): void }) {
  const { composer } = words.value
  const problem = upload.problem.value
  const percent = percentSent(upload)
  const remove = () => {
    upload.cancel()
    onRemove()
  }
  return (
    <li class="document">
      <Sheet />
      <div class="about">
        <p class="name cut">{upload.file.name}</p>
        {problem ? (
          <p class="trouble" role="alert">
            {problem.sentence}
          </p>
        ) : (
          <progress class="progress" max={100} value={percent} aria-label={composer.uploading(percent)} />
        )}
      </div>
      {problem?.temporary && (
        <button type="button" class="text-button" onClick={upload.again}>
          {words.value.tryAgain}
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={problem ? words.value.close : composer.cancelUpload}
        onClick={remove}
      >
        <Icon name="close" small />
      </button>
    </li>
  )
}
