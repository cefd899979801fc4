import './styles/client.css'
import { speakTo } from './connection/http'
import { ClientApp } from './features/client_portal/client_app'
import { speakChosen } from './features/client_portal/languages'
import { slugOf } from './features/client_portal/places'
import { start } from './start'
import { showTheme } from './ui/theme'

showTheme()
speakChosen()
speakTo(slugOf(location.pathname))
void start({ show: signedIn => <ClientApp signedIn={signedIn} /> })
