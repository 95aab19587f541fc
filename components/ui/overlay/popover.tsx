'use client';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  type ToggleEvent,
  useId,
  useRef,
  useState,
} from 'react';
import styles from './popover.module.css';

const GAP_PX = 4;
const EDGE_PX = 8;

export interface PopoverProps {
  /** What opens, for those who hear it. */
  readonly label: string;
  readonly role: 'menu' | 'dialog';
  readonly face: ReactNode;
  readonly buttonClassName: string | undefined;
  readonly buttonLabel?: string;
  readonly title?: string;
  /** Below the button from its left or right edge, or beside it. */
  readonly place?: 'start' | 'end' | 'beside';
  readonly widthPx?: number;
  readonly children: ReactNode;
}

/**
 * A button and what it opens, in the browser's top layer (the popover attribute): light dismissal, esc and the return
 * of focus are the browser's. A `menu` walks its items with arrows and closes when one is chosen; a `dialog` stays.
 */
export function Popover(props: PopoverProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={props.buttonClassName}
        aria-label={props.buttonLabel}
        aria-haspopup={props.role}
        aria-expanded={open}
        title={props.title}
        popoverTarget={id}
      >
        {props.face}
      </button>
      <Panel {...props} id={id} button={button} open={open} setOpen={setOpen} />
    </>
  );
}

function Panel(
  props: PopoverProps & {
    readonly id: string;
    readonly button: RefObject<HTMLButtonElement | null>;
    readonly open: boolean;
    readonly setOpen: (open: boolean) => void;
  },
) {
  const { button, setOpen } = props;
  const isMenu = props.role === 'menu';
  const before = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState !== 'open' || button.current === null) return;
    setOpen(true);
    placeAt(event.currentTarget, button.current, props.place ?? 'start', props.widthPx ?? 264);
  };
  // The content goes after closing only: the browser returns the focus from it to the button.
  const after = (event: ToggleEvent<HTMLDivElement>) => {
    if (event.newState === 'open') stops(event.currentTarget, isMenu)[0]?.focus();
    else setOpen(false);
  };
  const shared = {
    id: props.id,
    popover: 'auto' as const,
    'aria-label': props.label,
    className: styles.panel,
    onBeforeToggle: before,
    onToggle: after,
  };
  const content = props.open ? props.children : null;
  if (!isMenu) {
    return (
      <div role="dialog" {...shared}>
        {content}
      </div>
    );
  }
  return (
    <div role="menu" tabIndex={-1} {...shared} onClick={closeWhenChosen} onKeyDown={walkMenu}>
      {content}
    </div>
  );
}

function closeWhenChosen(event: MouseEvent<HTMLDivElement>): void {
  const item = (event.target as Element).closest('a[href], [role="menuitemradio"]');
  if (item !== null) event.currentTarget.hidePopover();
}

function placeAt(
  panel: HTMLElement,
  button: HTMLElement,
  place: 'start' | 'end' | 'beside',
  widthPx: number,
): void {
  const rect = button.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  const top = place === 'beside' ? rect.top : rect.bottom + GAP_PX;
  const wanted =
    place === 'beside' ? rect.right + GAP_PX : place === 'end' ? rect.right - widthPx : rect.left;
  const left = Math.max(EDGE_PX, Math.min(wanted, innerWidth - widthPx - EDGE_PX));
  const roomy = Math.max(EDGE_PX, Math.min(top, innerHeight - 240));
  panel.style.left = `${left}px`;
  panel.style.top = `${roomy}px`;
  panel.style.minWidth = place === 'end' ? `${widthPx}px` : '';
  panel.style.maxWidth = `${innerWidth - left - EDGE_PX}px`;
  panel.style.maxHeight = `${innerHeight - roomy - EDGE_PX}px`;
}

function stops(panel: HTMLElement, isMenu: boolean): HTMLElement[] {
  const items = isMenu ? 'a[href], button, [role="menuitemradio"]' : 'input, button, a[href]';
  return [...panel.querySelectorAll<HTMLElement>(items)];
}

function walkMenu(event: KeyboardEvent<HTMLDivElement>): void {
  const items = stops(event.currentTarget, true);
  const here = items.indexOf(document.activeElement as HTMLElement);
  const last = items.length - 1;
  const to =
    event.key === 'ArrowDown'
      ? (here + 1) % items.length
      : event.key === 'ArrowUp'
        ? here <= 0
          ? last
          : here - 1
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? last
            : -1;
  if (to < 0) return;
  event.preventDefault();
  items[to]?.focus();
}
