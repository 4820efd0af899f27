// The search, and below it what the domains have found: over everything else, while somebody is at it.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { quietly } from '../address';
import { find } from '../choices';
import { kDomains } from '../domain';
import { t } from '../texts';
import { Icon } from './icons';
import { Place } from './Place';

/** Arrows go from the text to what was found, and back. */
function step(box: HTMLElement, e: KeyboardEvent) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (by === undefined) return;
  const all = [...box.querySelectorAll<HTMLElement>('input, .search-found button')];
  all[all.indexOf(document.activeElement as HTMLElement) + by]?.focus();
  e.preventDefault();
  e.stopPropagation();
}

export function Search() {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const focus = () => input.current?.select();
    window.addEventListener('madang:search', focus);
    return () => window.removeEventListener('madang:search', focus);
  }, []);
  const leave = () => {
    (document.activeElement as HTMLElement | null)?.blur();
    setOpen(false);
  };
  /** What was chosen is open; who works by keyboard goes on from the text. */
  const chosen = (e: MouseEvent) => {
    if (!(e.target as HTMLElement).closest('button')) return;
    if (e.detail === 0) input.current?.focus();
    setOpen(false);
  };
  return (
    <div
      ref={box} class="search-place" onFocusIn={() => setOpen(true)} onFocusOut={(e) => box.current?.contains(e.relatedTarget as Node | null) || setOpen(false)}
      onKeyDown={(e) => {
        if (e.key !== 'Escape') return step(e.currentTarget, e);
        e.stopPropagation();
        quietly(() => (find.value = ''));
        leave();
      }}
    >
      <label class="search">
        <Icon name="search" size={16} />
        <span class="hidden">{t('search.label')}</span>
        <input
          ref={input} type="search" value={find.value} placeholder={t('search.label')} maxLength={80} data-testid="search"
          onClick={() => setOpen(true)}
          onInput={(e) => {
            setOpen(true);
            quietly(() => (find.value = e.currentTarget.value));
          }}
          onKeyDown={(e) => e.key === 'Enter' && kDomains.some((d) => d.entered?.()) && leave()}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      {open && <div class="search-found" tabIndex={-1} onClick={chosen}><Place name="found" given={{}} /></div>}
    </div>
  );
}
