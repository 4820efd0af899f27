// Line icons drawn here; every one stands beside a word or has a label, so all are hidden from screen readers.
const kPaths = {
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.5 15.5 20 20',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 2v3M12 19v3M2 12h3M19 12h3M4.9 4.9 7 7M17 17l2.1 2.1M4.9 19.1 7 17M17 7l2.1-2.1',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  map: 'M9 4 3.5 6v14L9 18l6 2 5.5-2V4L15 6 9 4ZM9 4v14M15 6v14',
  list: 'M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01',
  close: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  whole: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  back: 'M14.5 5 8 12l6.5 7',
  forward: 'M9.5 5 16 12l-6.5 7',
  play: 'M8 5.5v13l10.5-6.5L8 5.5Z',
  pause: 'M8 5v14M16 5v14',
  down: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  help: 'M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2M12 17.5h.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z',
  air: 'M3 9h10.5a2.75 2.75 0 1 0-2.6-3.6M3 13h15a2.75 2.75 0 1 1-2.6 3.6M3 17h6.5a2 2 0 1 1-1.9 2.6',
  noise: 'M4 10v4h3.5L12 18V6L7.5 10H4ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11',
  weather: 'M10 13.5V5a2 2 0 1 1 4 0v8.5a4.5 4.5 0 1 1-4 0ZM12 9v8',
  light: 'M9 18h6M10 21h4M12 3a6 6 0 0 1 3.6 10.8c-.5.4-.6 1-.6 1.7h-6c0-.7-.1-1.3-.6-1.7A6 6 0 0 1 12 3Z',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.2 3.2 0 0 1 0 6M18 14.2a6 6 0 0 1 3.5 5.8',
  other: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  alert: 'M12 4 2.8 20h18.4L12 4ZM12 10v5M12 17.5h.01',
  bell: 'M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 2h-15ZM10 21h4M12 5V3',
  bell_off: 'M7.6 7A6 6 0 0 0 6 11v5.5l-1.5 2H17M10.5 5.2A6 6 0 0 1 18 11v4M10 21h4M3.5 3.5l17 17',
  wrench: 'M14.5 6.5a4.5 4.5 0 0 1 5.6-1.2l-2.9 2.9.6 2 2 .6 2.9-2.9a4.5 4.5 0 0 1-6.2 5.6L8.5 21.5a2.1 2.1 0 0 1-3-3l8-8a4.5 4.5 0 0 1 1-4Z',
  mail: 'M3.5 6h17v12h-17zM3.5 7.5l8.5 6 8.5-6',
  check: 'M5 12.5 10 17.5 19 7',
  pin: 'M12 21s7-6.2 7-11.5a7 7 0 1 0-14 0C5 14.8 12 21 12 21ZM12 7.2a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8Z',
} as const;
export type IconName = keyof typeof kPaths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
