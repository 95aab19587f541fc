import { TopBar } from '#components/shell/top-bar.tsx';
import { ClustersView } from '#components/views/clusters/clusters-view.tsx';

/** The clusters of the kubeconfig. One alone opens by itself. */
export default function Page() {
  return (
    <>
      <TopBar />
      <main>
        <ClustersView />
      </main>
    </>
  );
}
