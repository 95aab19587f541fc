/** The session in its order. */
import type { Chapter } from '../step.ts';
import { access } from './access.ts';
import { cluster } from './cluster.ts';
import { containers } from './containers.ts';
import { custom } from './custom.ts';
import { more } from './more.ts';
import { moving, nodes } from './nodes.ts';
import { describing, reading } from './reading.ts';
import { rollouts } from './rollouts.ts';
import { changing, removing } from './writing.ts';

export const chapters: readonly Chapter[] = [
  cluster,
  changing,
  reading,
  more,
  nodes,
  describing,
  rollouts,
  custom,
  access,
  moving,
  containers,
  removing,
];
