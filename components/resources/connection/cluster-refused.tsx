'use client';
import { Link } from '#components/ui/link.tsx';
import text from '#components/ui/text.module.css';
import type { ApiError } from '#lib/resources/api-error.ts';
import { routes } from '#lib/routes.ts';
import { ErrorView } from './error-view.tsx';

/** The console itself cannot serve this cluster: unknown in the kubeconfig, or an entry that cannot be used. */
export function ClusterRefused(props: { readonly cluster: string; readonly error: ApiError }) {
  return (
    <>
      <ErrorView
        page
        title={`${props.cluster} cannot be opened`}
        error={props.error}
        words={props.error.reason === 'NotFound' ? 'The kubeconfig has no such cluster.' : undefined}
      />
      <Link className={text.indented} href={routes.home()}>
        All clusters
      </Link>
    </>
  );
}
