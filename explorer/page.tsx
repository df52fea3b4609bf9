// What the pages share: heading, ways between them, language, and the wait for the server.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { dictionaries, type Language, languages } from './messages.ts'
import { openSession, type Session } from './session.ts'
import { firstLanguage, keepLanguage, Words } from './words.ts'

interface Props {
  readonly at: 'explore' | 'compare'
  readonly children: (session: Session) => ComponentChildren
}

export function Page({ at, children }: Props) {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  const [session, setSession] = useState<Session | Error>()
  const words = dictionaries[language]
  useEffect(() => {
    document.documentElement.lang = language
    document.title = `${words[at]} – Sovereign Graph`
  }, [language])
  useEffect(() => {
    openSession().then(setSession, (error: unknown) =>
      setSession(error instanceof Error ? error : new Error(String(error))),
    )
  }, [])
  const choose = (chosen: Language) => {
    keepLanguage(chosen)
    setLanguage(chosen)
  }
  return (
    <Words.Provider value={words}>
      <header class="page">
        <h1>Sovereign Graph</h1>
        <nav>
          <a href="/" aria-current={at === 'explore' ? 'page' : undefined}>
            {words.explore}
          </a>
          <a href="/compare" aria-current={at === 'compare' ? 'page' : undefined}>
            {words.compare}
          </a>
        </nav>
        <div class="inline">
          <label for="language">{words.language}</label>
          <select id="language" value={language} onChange={event => choose(event.currentTarget.value as Language)}>
            {Object.entries(languages).map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <p class="quiet">{words.tagline}</p>
      </header>
      <main>
        {session === undefined && <p role="status">{words.waiting}</p>}
        {session instanceof Error && (
          <p role="alert" class="problem">
            {session instanceof TypeError ? words.unreachable : session.message}
          </p>
        )}
        {session !== undefined && !(session instanceof Error) && children(session)}
      </main>
    </Words.Provider>
  )
}
