import type { LiveAbout } from '#lib/live/use-live-about.ts';
import type { AboutFigures } from '#lib/protocol/about-frame.ts';
import type { ConsoleTime } from './console-time.ts';

/** What every section of the page is given: one frame, and the clocks it is read by. */
export interface AboutProps {
  readonly cluster: string;
  readonly about: LiveAbout & { readonly figures: AboutFigures };
  readonly time: ConsoleTime;
}
