'use client';
import { useState } from 'react';
import { Button } from './button.tsx';
import { VisuallyHidden } from './visually-hidden.tsx';

/** Copies text; says so in place. Where the browser refuses the clipboard it says that too. */
export function CopyButton(props: {
  readonly text: string | (() => string);
  readonly children?: string;
  readonly label?: string;
  readonly tone?: 'quiet';
}) {
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'refused'>('none');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof props.text === 'string' ? props.text : props.text());
      setOutcome('copied');
    } catch {
      setOutcome('refused');
    }
  };
  const said = outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'The browser refused' : '';
  return (
    <>
      <Button
        small
        tone={props.tone}
        glyph={outcome === 'copied' ? 'check' : 'copy'}
        label={props.children === undefined ? (props.label ?? 'Copy') : undefined}
        onClick={() => void copy()}
      >
        {props.children === undefined ? undefined : said === '' ? props.children : said}
      </Button>
      <span role="status">
        <VisuallyHidden>{said}</VisuallyHidden>
      </span>
    </>
  );
}
