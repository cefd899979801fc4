/** Opens the browser's own file chooser. */
export function pickFiles(multiple: boolean, onFiles: (files: File[]) => void): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = multiple
  input.onchange = () => {
    const files = [...(input.files ?? [])]
    if (files.length) onFiles(files)
  }
  input.click()
}
