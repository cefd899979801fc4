import { path, pieces } from '../../router'

export type ClientTab = 'home' | 'messages' | 'documents'

/** A client's addresses: `/portal/<firm>/<portal>/<tab>`. */
export interface ClientPlace {
  firm: string
  portal: string | null
  tab: ClientTab
}

export const slugOf = (pathname: string): string => pieces(pathname)[1] ?? ''

export function placeNow(): ClientPlace {
  const [, firm = '', portal, tab] = pieces(path.value)
  const known = portal && portal !== 'sign-in' ? portal : null
  return { firm, portal: known, tab: tab === 'messages' || tab === 'documents' ? tab : 'home' }
}

export const placeOf = (portal: string, tab: ClientTab): string =>
  `/portal/${slugOf(path.value)}/${portal}${tab === 'home' ? '' : `/${tab}`}`

export const firstPlace = (): string => `/portal/${slugOf(path.value)}`

export const isSignInPage = (): boolean => pieces(path.value)[2] === 'sign-in'
