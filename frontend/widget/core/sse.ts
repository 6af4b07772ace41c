/** What does a stream of Server-Sent Events say? A parser fed with whatever pieces the network cuts it into (WHATWG HTML, 9.2.6). */
export interface StreamEvent {
  name: string
  data: string
}

/** Return a function that takes a piece of text and returns the events that it completes; comments are no events. */
export function parser(): (piece: string) => StreamEvent[] {
  let rest = ''
  let name = ''
  let data: string[] = []
  let afterReturn = false

  function line(words: string, found: StreamEvent[]): void {
    if (words === '') {
      if (data.length) found.push({ name: name || 'message', data: data.join('\n') })
      name = ''
      data = []
      return
    }
    const colon = words.indexOf(':')
    const field = colon < 0 ? words : words.slice(0, colon)
    const value = colon < 0 ? '' : words.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') name = value
    if (field === 'data') data.push(value)
  }

  return (piece) => {
    // A line ends with CR, LF or both; a CR at the end of one piece and the LF at the start of the next are one end.
    const fresh = afterReturn && piece.startsWith('\n') ? piece.slice(1) : piece
    if (piece) afterReturn = piece.endsWith('\r')
    const found: StreamEvent[] = []
    const lines = (rest + fresh).split(/\r\n|\r|\n/)
    rest = lines.pop() ?? ''
    for (const words of lines) line(words, found)
    return found
  }
}
