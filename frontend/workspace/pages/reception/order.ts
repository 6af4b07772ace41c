/** Where does a thing of a list go? Pure: lists in, lists out. */

/** The list with the item at `from` moved to `to`; places outside of it are its ends. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const left = [...list]
  const [item] = left.splice(from, 1)
  if (item === undefined) return [...list]
  left.splice(Math.max(0, Math.min(to, left.length)), 0, item)
  return left
}

/** Over which row is a pointer at height `y`, given where the rows begin and end? The nearest one. */
export function rowAt(rows: { top: number; bottom: number }[], y: number): number {
  const found = rows.findIndex(({ bottom }) => y < bottom)
  return found < 0 ? rows.length - 1 : found
}
