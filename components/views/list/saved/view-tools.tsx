'use client';
import dynamic from 'next/dynamic';
import { buttonClass } from '#components/ui/button.tsx';
import { Glyph } from '#components/ui/glyph.tsx';
import { Popover } from '#components/ui/overlay/popover.tsx';
import { useStored } from '#components/ui/use-stored.ts';
import type { List } from '../list.ts';
import { viewsOf } from './saved-views.ts';
import styles from './view-tools.module.css';

const SaveView = dynamic(() => import('./save-view.tsx').then((module) => module.SaveView), { ssr: false });
const ViewList = dynamic(() => import('./view-list.tsx').then((module) => module.ViewList), { ssr: false });

/** At the end of the filters: the views of this kind, and the present one to be kept among them. */
export function ViewTools({ list }: { readonly list: List }) {
  const { spec, resource } = list;
  const [views, setViews] = useStored(`strata.1.views.${spec.cluster}.${resource}`, viewsOf);
  const quiet = buttonClass({ tone: 'quiet', small: true, children: true });
  const shared = { list, views, setViews };
  return (
    <span className={styles.tools}>
      {views.length === 0 ? null : (
        <Popover
          role="dialog"
          label="Saved views"
          place="end"
          buttonClassName={quiet}
          face={
            <>
              Views <b className={styles.count}>{views.length}</b>
              <Glyph name="down" small />
            </>
          }
        >
          <ViewList {...shared} />
        </Popover>
      )}
      <Popover role="dialog" label="Save this view" place="end" buttonClassName={quiet} face="Save this view">
        <SaveView {...shared} />
      </Popover>
    </span>
  );
}
