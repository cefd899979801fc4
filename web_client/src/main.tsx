import './styles/firm.css'
import { FirmApp } from './features/shell/firm_app'
import { start } from './start'
import { recordAppliers, users } from './state/records'
import { takeThreads, threadAppliers } from './state/threads'
import { showTheme } from './ui/theme'
import { speakIn } from './words'
import { en } from './words/en'

showTheme()
speakIn(navigator.language.startsWith('en') ? navigator.language : 'en-US', en)
void start({
  show: signedIn => <FirmApp signedIn={signedIn} />,
  take: inbox => {
    users.replace(inbox.users)
    takeThreads(inbox)
  },
  appliers: [threadAppliers, recordAppliers],
})
