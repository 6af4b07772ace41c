/** Every catalogue of one language, gathered from the folder: a new file needs no list. */
const files = import.meta.glob<Record<string, unknown>>('./zh-Hans/*.json', { eager: true, import: 'default' })

export default Object.fromEntries(
  Object.entries(files).map(([path, messages]) => [path.replace(/^.*\/|\.json$/g, ''), messages]),
)
