// The head of a table that is sorted by the column that is pressed; pressed again, the other way round.
import type { ComponentChildren } from 'preact';

export interface Sorting<Key extends string> {
  key: Key;
  descending: boolean;
}
export interface Column<Key extends string> {
  key: Key;
  label: ComponentChildren;
  /** Numbers stand at the right. */
  number?: boolean;
  /** The most first, when the column is pressed for the first time. */
  descending?: boolean;
  title?: string | undefined;
}

export function SortedHead<Key extends string>({ columns, by, sort }: { columns: readonly Column<Key>[]; by: Sorting<Key>; sort: (by: Sorting<Key>) => void }) {
  return (
    <>
      {columns.map(({ key, label, number, descending, title }) => (
        <th key={key} scope="col" class={number ? 'number' : ''} aria-sort={by.key === key ? (by.descending ? 'descending' : 'ascending') : 'none'}>
          <button type="button" title={title} onClick={() => sort({ key, descending: by.key === key ? !by.descending : descending === true })}>{label}<i aria-hidden="true">{by.key === key ? (by.descending ? '↓' : '↑') : ''}</i></button>
        </th>
      ))}
    </>
  );
}
