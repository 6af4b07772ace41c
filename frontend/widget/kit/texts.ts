/** In which language is what said? Catalogues of two languages with the same keys; places in braces, one and many parted by `|`. */
export type Language = 'zh' | 'en'
export type Values = Record<string, string | number>
export type Say<Key extends string> = (key: Key, values?: Values) => string

/** Return how sentences of a catalogue are said: `say('files.size', { size: '3 MB' })`, `{n:person|people}` by the number n. */
export function speaker<Key extends string>(catalogue: Record<Key, string>): Say<Key> {
  return (key, values = {}) => fill(catalogue[key], values)
}

/** Fill the places of a sentence. */
export function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name: string, one?: string, many?: string) =>
    one === undefined ? String(values[name] ?? '') : Number(values[name]) === 1 ? one : String(many),
  )
}

/** Return the language for a wish (`zh`, `en`, `auto`) and what the browser prefers, in order. */
export function languageOf(wish: string | null | undefined, preferred: readonly string[]): Language {
  if (/^zh/i.test(wish ?? '')) return 'zh'
  if (/^en/i.test(wish ?? '')) return 'en'
  const known = preferred.find((code) => /^(zh|en)/i.test(code))
  return known ? (/^zh/i.test(known) ? 'zh' : 'en') : preferred.length ? 'en' : 'zh'
}

/** The code that pages and the API use. */
export function codeOf(language: Language): 'zh-Hans' | 'en' {
  return language === 'zh' ? 'zh-Hans' : 'en'
}
