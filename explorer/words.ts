// The language of the page: that of the browser until another is chosen.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { dictionaries, type Language, languages, type Messages } from './messages.ts'

const CHOSEN = 'sovereign-graph:language'

export const Words = createContext<Messages>(dictionaries.en)

export function useWords(): Messages {
  return useContext(Words)
}

export function firstLanguage(): Language {
  const chosen = localStorage.getItem(CHOSEN) ?? navigator.language.slice(0, 2)
  return chosen in languages ? (chosen as Language) : 'en'
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(CHOSEN, language)
}
