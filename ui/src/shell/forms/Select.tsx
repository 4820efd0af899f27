// A choice whose options may come later than its value.
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Shows `value` as soon as there is an option of it: a browser takes another one where there is none yet, and keeps that. It stays the
 *  same element, so that whoever is in it stays there when the options come. */
export function Select({ value, ...rest }: JSX.IntrinsicElements['select']) {
  const select = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => {
    if (select.current && select.current.value !== value) select.current.value = String(value);
  });
  return <select ref={select} value={value} {...rest} />;
}
