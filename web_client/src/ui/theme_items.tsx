import { words } from '../words'
import { MenuItem } from './menu'
import { chooseTheme, type Theme, theme } from './theme'

const THEMES: readonly Theme[] = ['system', 'light', 'dark']

/** Light, dark or as the device is, for a menu. */
export function ThemeItems() {
  return (
    <>
      {THEMES.map(each => (
        <MenuItem key={each} checked={theme.value === each} onChoose={() => chooseTheme(each)}>
          {words.value.themes[each]}
        </MenuItem>
      ))}
    </>
  )
}
