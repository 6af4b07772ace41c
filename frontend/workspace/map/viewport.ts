/** Which part of the drawing is seen, and how large? Screen point = drawing point × scale + offset. */
import type { Point, Rect, Size } from './layout'

export interface View {
  x: number
  y: number
  scale: number
}

const SMALLEST = 0.1
const LARGEST = 4
/** Below this type is too small to read: a larger map opens at its start instead of all at once. */
export const READABLE = 0.78
/** A small map is not blown up beyond this. */
const COMFORTABLE = 1.25

/** The whole drawing in the middle of the room; smaller than `least` only when asked to. */
export function fit(drawing: Size, room: Size, pad = 16): View {
  const scale = clamp(Math.min((room.width - 2 * pad) / drawing.width, (room.height - 2 * pad) / drawing.height), SMALLEST, COMFORTABLE)
  return { scale, x: (room.width - drawing.width * scale) / 2, y: (room.height - drawing.height * scale) / 2 }
}

/** How a map opens: whole if it can be read so, else readable, with its start in sight. */
export function opening(drawing: Size, room: Size, start: Rect | undefined, wide: boolean): View {
  const whole = fit(drawing, room)
  if (whole.scale >= READABLE || !start) return whole
  const scale = READABLE
  const middle = { x: start.x + start.width / 2, y: start.y + start.height / 2 }
  const [width, height] = [drawing.width * scale, drawing.height * scale]
  const x = width <= room.width ? (room.width - width) / 2 : wide ? 16 - start.x * scale : room.width / 2 - middle.x * scale
  const y = height <= room.height ? (room.height - height) / 2 : wide ? room.height / 2 - middle.y * scale : 16 - start.y * scale
  return keepInSight({ x, y, scale }, drawing, room)
}

export interface Cut {
  below: boolean
  right: boolean
}

/** At which edges does the drawing go on outside the room? Its outer margin, so many pixels, does not count. */
export function cutAt(view: View, drawing: Size, room: Size, margin = 12): Cut {
  return {
    below: drawing.height * view.scale + view.y > room.height + margin,
    right: drawing.width * view.scale + view.x > room.width + margin,
  }
}

/** Larger or smaller by a factor, with the point of the screen staying where it is. */
export function zoomAt(view: View, factor: number, at: Point): View {
  const scale = clamp(view.scale * factor, SMALLEST, LARGEST)
  const real = scale / view.scale
  return { scale, x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real }
}

/** Moved by pixels of the screen, but never so far that nothing is left in sight. */
export function panned(view: View, by: Point, drawing: Size, room: Size): View {
  const x = clamp(view.x + by.x, 60 - drawing.width * view.scale, room.width - 60)
  const y = clamp(view.y + by.y, 60 - drawing.height * view.scale, room.height - 60)
  return { ...view, x, y }
}

/** Moved just so far that a rectangle of the drawing is in the room, with some air. */
export function reveal(view: View, rect: Rect, room: Size, air = 40): View {
  const shift = (low: number, size: number, space: number) => {
    if (low < air) return air - low
    return low + size > space - air ? Math.max(space - air - low - size, air - low) : 0
  }
  return {
    ...view,
    x: view.x + shift(rect.x * view.scale + view.x, rect.width * view.scale, room.width),
    y: view.y + shift(rect.y * view.scale + view.y, rect.height * view.scale, room.height),
  }
}

/** No empty margin on one side while something is cut off at the other. */
function keepInSight(view: View, drawing: Size, room: Size): View {
  const pull = (offset: number, size: number, space: number) =>
    size <= space ? offset : clamp(offset, space - size - 16, 16)
  return {
    ...view,
    x: pull(view.x, drawing.width * view.scale, room.width),
    y: pull(view.y, drawing.height * view.scale, room.height),
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
