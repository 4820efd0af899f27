// The rest of a long list, on wish. Stands behind its list; the first of the new lines has the keyboard then.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../texts';

export function More({ count, show }: { count: number; show: () => void }) {
  /** The list whose lines were asked for, and how many of its stops were there before. */
  const asked = useRef<{ list: Element; stops: number } | null>(null);
  const stopsOf = (list: Element) => list.querySelectorAll<HTMLElement>('tbody button, li button, li a[href]');
  useLayoutEffect(() => {
    if (asked.current) stopsOf(asked.current.list)[asked.current.stops]?.focus();
    asked.current = null;
  }, [count]);
  const more = (e: MouseEvent) => {
    const list = (e.currentTarget as HTMLElement).previousElementSibling;
    if (list && e.detail === 0) asked.current = { list, stops: stopsOf(list).length };
    show();
  };
  return count > 0 ? <button type="button" class="quiet" onClick={more}>{t('list.more', { count })}</button> : null;
}
