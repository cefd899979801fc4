/** Line icons on a 24 grid. Each is one path, so that an icon costs a line and no request. */
const PATHS = {
  chat: 'M4 5.5h16v11H11l-4.5 3.5v-3.5H4z',
  lock: 'M7 10.5h10a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5',
  phone:
    'M9.5 3h5A2.5 2.5 0 0 1 17 5.5v13a2.5 2.5 0 0 1-2.5 2.5h-5A2.5 2.5 0 0 1 7 18.5v-13A2.5 2.5 0 0 1 9.5 3zM11 17.8h2',
  phone_off:
    'M4.5 4.5l15 15M8 3.5a2.5 2.5 0 0 1 1.5-.5h5A2.5 2.5 0 0 1 17 5.5V12M17 17v1.5a2.5 2.5 0 0 1-2.5 2.5h-5A2.5 2.5 0 0 1 7 18.5V7M11 17.8h2',
  gear: 'M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM12 4v2.5M12 17.5V20M4 12h2.5M17.5 12H20M6.4 6.4l1.7 1.7M15.9 15.9l1.7 1.7M17.6 6.4l-1.7 1.7M8.1 15.9l-1.7 1.7',
  doc: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12.5h5M10 16h5',
  picture: 'M5 5h14v14H5zM5 16l4.5-4.5L14 16M12.5 14.5l2-2L19 17M15.2 8.8v.1',
  folder: 'M3.5 6.5h6l2 2.5h9v10.5h-17z',
  clip: 'M18.5 11.5l-6.7 6.7a4 4 0 0 1-5.7-5.7l7-7a2.7 2.7 0 0 1 3.8 3.8l-6.8 6.8a1.35 1.35 0 0 1-1.9-1.9l6-6',
  search: 'M17 11a6 6 0 1 1-12 0 6 6 0 0 1 12 0zM15.5 15.5L20 20',
  plus: 'M12 5.5v13M5.5 12h13',
  send: 'M12 19V5.5M6.5 11L12 5.5l5.5 5.5',
  check: 'M5.5 12.5l4.5 4.5 8.5-9.5',
  checks: 'M2.5 12.5L7 17l8-9.5M11.5 15.5L13 17l8.5-9.5',
  clock: 'M19.5 12a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0zM12 8v4.3l2.8 1.7',
  down: 'M6.5 9.5l5.5 5.5 5.5-5.5',
  up: 'M6.5 14.5L12 9l5.5 5.5',
  right: 'M9.5 6.5l5.5 5.5-5.5 5.5',
  left: 'M14.5 6.5L9 12l5.5 5.5',
  arrow_down: 'M12 5.5V18M6.5 12.5L12 18l5.5-5.5',
  upload: 'M12 15V4.5M7.5 9L12 4.5l4.5 4.5M5 19.5h14',
  save: 'M12 4.5v10M7.5 10.5l4.5 4.5 4.5-4.5M5 19.5h14',
  alert: 'M12 4.5l8.5 15h-17zM12 10.5v4M12 17v.1',
  users:
    'M12 9a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM3.5 19c.4-3.3 2.6-5 5.5-5s5.1 1.7 5.5 5M15.5 6.3a3 3 0 0 1 0 5.4M17 14.3c2 .6 3.2 2.2 3.5 4.7',
  person: 'M15.3 8.5a3.3 3.3 0 1 1-6.6 0 3.3 3.3 0 0 1 6.6 0zM5.5 19.5c.5-3.7 3-5.6 6.5-5.6s6 1.9 6.5 5.6',
  eye: 'M3 12c2.2-4 5.2-6 9-6s6.8 2 9 6c-2.2 4-5.2 6-9 6s-6.8-2-9-6zM14.6 12a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0z',
  eye_off:
    'M4.5 4.5l15 15M9.7 6.3A9.6 9.6 0 0 1 12 6c3.8 0 6.8 2 9 6a15 15 0 0 1-2.6 3.4M14.5 17.6A9.7 9.7 0 0 1 12 18c-3.8 0-6.8-2-9-6a14.6 14.6 0 0 1 3.2-3.9',
  more: 'M6.9 12a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0zM12.9 12a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0zM18.9 12a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0z',
  home: 'M4.5 11L12 4.5l7.5 6.5v8.5h-15zM10 19.5v-5h4v5',
  pen: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  mail: 'M4 6h16v12H4zM4.5 7l7.5 6 7.5-6',
  trash: 'M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  panel: 'M4 5.5h16v13H4zM14.5 5.5v13',
  cloud_off: 'M4.5 4.5l15 15M7.6 8.8A4.2 4.2 0 0 0 7.5 17H16M11 6.6a5 5 0 0 1 6 4.4 3.1 3.1 0 0 1 2 5.2',
  leave: 'M10.5 5H5v14h5.5M10 12h9.5M15.5 8l4 4-4 4',
} as const

export type IconName = keyof typeof PATHS

/** What a file of a kind is drawn as. */
export const fileIcon = (mediaType: string): IconName => (mediaType.startsWith('image/') ? 'picture' : 'doc')

export function Icon({
  name,
  small,
  class: extra,
  label,
}: {
  name: IconName
  small?: boolean
  class?: string
  label?: string
}) {
  const accessible = label
    ? ({ role: 'img', 'aria-label': label } as const)
    : ({ 'aria-hidden': 'true' } as const)
  return (
    <svg
      class={`icon${small ? ' small' : ''}${extra ? ` ${extra}` : ''}`}
      viewBox="0 0 24 24"
      {...accessible}
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
