import { StandalonePage } from '#components/shell/standalone-page.tsx';

export default function NotFound() {
  return (
    <StandalonePage title="There is no page here">
      The address has a form that no page of the console has. Objects are found under
      cluster/kind/namespace/name.
    </StandalonePage>
  );
}
