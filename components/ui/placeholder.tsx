import styles from './placeholder.module.css';

/** A grey bar where words will stand. */
export function Placeholder(props: { readonly widthPx: number; readonly heightPx?: number }) {
  return (
    <i className={styles.bar} style={{ width: props.widthPx, height: props.heightPx }} aria-hidden="true" />
  );
}
