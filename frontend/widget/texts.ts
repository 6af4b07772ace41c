/** What does the widget say? */
import { speaker, type Language, type Say } from './kit/texts'
import { en } from './texts.en'
import { zh } from './texts.zh'

export type Key = keyof typeof en

export function sayIn(language: Language): Say<Key> {
  return speaker<Key>(language === 'zh' ? zh : en)
}
