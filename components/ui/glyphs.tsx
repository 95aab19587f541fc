import type { ReactElement } from 'react';

/** The 16 px glyphs of the look: 1.35 px strokes in currentColor; the strokes cut out of `failed` use --on-state. */
export const GLYPHS = {
  ok: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M5.3 8.2 7.2 10l3.6-4" />
    </>
  ),
  progress: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M5.9 5.6 8.3 8l-2.4 2.4M8.7 5.6 11.1 8l-2.4 2.4" />
    </>
  ),
  warning: (
    <>
      <path d="M8 2.2 14.3 13.4H1.7z" />
      <path d="M8 6.4v3.2" />
      <path d="M8 11.5v.01" strokeWidth="1.8" />
    </>
  ),
  failed: (
    <>
      <path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z" fill="currentColor" stroke="none" />
      <path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2" stroke="var(--on-state)" strokeWidth="1.6" />
    </>
  ),
  unknown: (
    <>
      <path d="M8 1.6 14.4 8 8 14.4 1.6 8z" strokeDasharray="2.3 1.7" />
      <path d="M6.6 6.6a1.5 1.5 0 1 1 2.2 1.5c-.5.3-.8.5-.8 1" />
      <path d="M8 10.9v.01" strokeWidth="1.7" />
    </>
  ),
  held: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M6.4 5.8v4.4M9.6 5.8v4.4" />
    </>
  ),
  done: (
    <>
      <path d="m3.2 8.6 3 3 6.4-7" />
    </>
  ),
  gone: (
    <>
      <circle cx="8" cy="8" r="6" strokeDasharray="2.2 1.9" />
      <path d="M5.5 8h5" />
    </>
  ),
  wait: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.7V8l2.3 1.5" />
    </>
  ),
  blocked: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="m3.9 12.1 8.2-8.2" />
    </>
  ),
  workloads: (
    <>
      <rect x="2" y="2" width="5" height="5" rx=".8" />
      <rect x="9" y="2" width="5" height="5" rx=".8" />
      <rect x="2" y="9" width="5" height="5" rx=".8" />
      <rect x="9" y="9" width="5" height="5" rx=".8" />
    </>
  ),
  nodes: (
    <>
      <rect x="2" y="2.5" width="12" height="4.6" rx=".8" />
      <rect x="2" y="8.9" width="12" height="4.6" rx=".8" />
      <path d="M4.5 4.8h.01M4.5 11.2h.01" strokeWidth="1.7" />
    </>
  ),
  network: (
    <>
      <circle cx="8" cy="3.5" r="1.7" />
      <circle cx="3.5" cy="12" r="1.7" />
      <circle cx="12.5" cy="12" r="1.7" />
      <path d="M8 5.2v3.3M8 8.5 4.6 10.6M8 8.5l3.4 2.1" />
    </>
  ),
  storage: (
    <>
      <ellipse cx="8" cy="3.8" rx="5.5" ry="1.9" />
      <path d="M2.5 3.8v8.4c0 1 2.5 1.9 5.5 1.9s5.5-.9 5.5-1.9V3.8M2.5 8c0 1 2.5 1.9 5.5 1.9s5.5-.9 5.5-1.9" />
    </>
  ),
  config: (
    <>
      <path d="M2 4.5h7m3 0h2M2 11.5h2m3 0h7" />
      <circle cx="10.5" cy="4.5" r="1.5" />
      <circle cx="5.5" cy="11.5" r="1.5" />
    </>
  ),
  access: (
    <>
      <circle cx="5.2" cy="10.8" r="3" />
      <path d="m7.4 8.6 5.6-5.6M11 5l1.8 1.8M9.3 6.7l1.2 1.2" />
    </>
  ),
  custom: (
    <>
      <path d="M6 2.5C4 2.5 4.5 5 4 6.5S2.5 8 2.5 8s1 0 1.5 1.5 0 4 2 4M10 2.500c2 0 1.5 2.5 2 4S13.5 8 13.5 8s-1 0-1.5 1.5 0 4-2 4" />
    </>
  ),
  events: (
    <>
      <path d="M1.8 8h3l1.7-4.5 3 9L11.2 8h3" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.4 10.4 3.4 3.4" />
    </>
  ),
  down: (
    <>
      <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />
    </>
  ),
  right: (
    <>
      <path d="m6 4 4 4-4 4" />
    </>
  ),
  up: (
    <>
      <path d="m4.5 9.5 3.5-3.5 3.5 3.5" />
    </>
  ),
  x: (
    <>
      <path d="m4.5 4.5 7 7m0-7-7 7" />
    </>
  ),
  plus: (
    <>
      <path d="M8 3v10M3 8h10" />
    </>
  ),
  minus: <path d="M3 8h10" />,
  columns: <path d="M2 3h12v10H2zM6 3v10M10 3v10" />,
  download: <path d="M8 2.500v8m-3-3 3 3 3-3M3 13.500h10" />,
  check: (
    <>
      <path d="m3.5 8.3 3 3 6-6.6" />
    </>
  ),
  menu: (
    <>
      <path d="M2.5 4.500h11M2.5 8h11M2.5 11.500h11" />
    </>
  ),
  retry: (
    <>
      <path d="M13 8a5 5 0 1 1-1.5-3.500M13 2.500v2.700h-2.7" />
    </>
  ),
  trash: (
    <>
      <path d="M3 4.500h10M6 4.500v-2h4v2M4.5 4.500l.6 9h5.800l.6-9" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1" />
      <path d="M10.5 5.500v-3h-8v8h3" />
    </>
  ),
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </>
  ),
  cordoned: (
    <>
      <path d="M2 5.500h12v4H2zM4.5 9.500v4M11.5 9.500v4M4.3 9.500l3.4-4M8.3 9.500l3.4-4" />
    </>
  ),
  arrow: (
    <>
      <path d="M2.5 8h11M10 4.5 13.5 8 10 11.5" />
    </>
  ),
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.8v1.6M8 12.600v1.600M1.800 8h1.600M12.600 8h1.600M3.600 3.600l1.100 1.100M11.300 11.300l1.100 1.100M12.400 3.600l-1.100 1.100M4.700 11.300l-1.100 1.100" />
    </>
  ),
  moon: <path d="M13 9.600A5.600 5.600 0 0 1 6.400 3a5.600 5.600 0 1 0 6.600 6.600z" />,
  system: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="M8 2.200v11.600a5.800 5.800 0 0 0 0-11.600z" fill="currentColor" stroke="none" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.400v3.400" />
      <path d="M8 5v.01" strokeWidth="1.7" />
    </>
  ),
} satisfies Record<string, ReactElement>;

export type GlyphName = keyof typeof GLYPHS;
