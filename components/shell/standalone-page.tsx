import type { ReactNode } from 'react';
import { Notice } from '#components/ui/notice.tsx';
import text from '#components/ui/text.module.css';
import { routes } from '#lib/routes.ts';

/** A page without the frame: a wrong address, a broken page. Plain links: nothing here may need the rest to work. */
export function StandalonePage(props: {
  readonly title: string;
  readonly children: ReactNode;
  readonly reload?: boolean;
}) {
  return (
    <main>
      <Notice
        page
        title={props.title}
        actions={
          <a className={text.link} href={props.reload ? '' : routes.home()}>
            {props.reload ? 'Load it again' : 'All clusters'}
          </a>
        }
      >
        <p>{props.children}</p>
      </Notice>
    </main>
  );
}
