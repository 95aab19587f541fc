import styles from './glyph.module.css';
import { GLYPHS, type GlyphName } from './glyphs.tsx';

export type { GlyphName } from './glyphs.tsx';

/** A glyph beside a word is decoration; one that stands alone carries its word in `label`. */
export function Glyph(props: {
  readonly name: GlyphName;
  readonly small?: boolean;
  readonly label?: string;
  readonly className?: string;
}) {
  const className = [styles.g, props.small ? styles.small : '', props.className ?? ''].join(' ');
  if (props.label === undefined) {
    return (
      <svg className={className} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        {GLYPHS[props.name]}
      </svg>
    );
  }
  return (
    <svg className={className} viewBox="0 0 16 16" role="img" aria-label={props.label} focusable="false">
      {GLYPHS[props.name]}
    </svg>
  );
}
