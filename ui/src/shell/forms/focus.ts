// Where the keyboard's cursor stays when what had it is taken away by somebody else.
import { useLayoutEffect, useRef } from 'preact/hooks';

/** The box keeps the focus that was inside of it: what had it may be gone in the next picture, and then its first button has it. */
export function useKeptFocus<Box extends HTMLElement>() {
  const box = useRef<Box>(null);
  const had = box.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    if (had && document.activeElement === document.body) box.current?.querySelector<HTMLElement>('button:not(:disabled), a[href]')?.focus({ preventScroll: true });
  });
  return box;
}

/** As the keys call it. */
export const kSendKeys = 'Ctrl ↵';
/** What the keys do anywhere in a form: Control and Enter sends it, as Enter does in a line, and Escape closes it. */
export const formKeys = (close: () => void) => (e: KeyboardEvent) => {
  if (e.key === 'Escape') {
    e.stopPropagation();
    close();
  }
  // A button does what it says.
  if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey) || e.isComposing || (e.target as Element).closest('button, a')) return;
  e.preventDefault();
  (e.currentTarget as HTMLFormElement).requestSubmit();
};
