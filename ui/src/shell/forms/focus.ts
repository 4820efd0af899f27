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
/** Control and Enter in a text of several lines sends its form, as Enter does in a line. */
export function sendsByKey(e: KeyboardEvent) {
  if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey) || e.isComposing) return;
  e.preventDefault();
  (e.currentTarget as HTMLTextAreaElement).form?.requestSubmit();
}
