/** A script of our own in the page's head, under the request's nonce. `text` is a constant of the house, never input. */
export function InlineScript(props: { readonly nonce: string; readonly text: string }) {
  return (
    <script
      nonce={props.nonce}
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: React would escape a script's text; constants only
      dangerouslySetInnerHTML={{ __html: props.text }}
    />
  );
}
