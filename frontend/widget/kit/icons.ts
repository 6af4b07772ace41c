/** The marks of widget and customer's page, as paths on a 24 × 24 ground. */
export const ICONS = {
  chat: 'M4 5.5h16v11H10.5L6 20.5v-4H4z M8.5 9.5h7 M8.5 12.5h4.5',
  close: 'M6 6l12 12 M18 6L6 18',
  down: 'M6 9.5l6 6 6-6',
  send: 'M4.5 12h14 M12.5 5.5L19 12l-6.5 6.5',
  attach: 'M19 11.5l-7.2 7.2a4.4 4.4 0 0 1-6.2-6.2l7.6-7.6a3 3 0 0 1 4.2 4.2l-7.4 7.4a1.5 1.5 0 0 1-2.1-2.1l6.6-6.6',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4z M12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  more: 'M11 6a1 1 0 1 0 2 0a1 1 0 1 0-2 0z M11 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0z M11 18a1 1 0 1 0 2 0a1 1 0 1 0-2 0z',
  file: 'M7 3.5h7l4 4v13H7z M14 3.5v4h4',
  download: 'M12 4.5v10 M7.5 10.5L12 15l4.5-4.5 M5 19.5h14',
  tick: 'M5 12.5l4.5 4.5L19 7.5',
  ticks: 'M2 12.5l4 4.5 8.5-9.5 M11 15.5l1.5 1.5L22 7.5',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z M12 8v4.5l3 1.8',
  retry: 'M19.5 12a7.5 7.5 0 1 1-2.4-5.5 M19.5 3.5v4h-4',
  alert: 'M12 4L2.8 19.5h18.4z M12 10v4 M12 16.9v.01',
  mail: 'M3.5 6h17v12.5h-17z M3.5 7l8.5 6 8.5-6',
  edit: 'M4.5 19.5l1-4L16.5 4.5l3 3L8.5 18.5z',
} as const
export type IconName = keyof typeof ICONS
