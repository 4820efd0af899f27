// One of several cases, each with how many there are; null stands for all.
import { countText } from '../words';

export type Chip<T extends string> = [name: T | null, text: string, count: number];

export function Chips<T extends string>({ label, all, chosen, choose }: { label: string; all: readonly Chip<T>[]; chosen: T | null; choose: (name: T | null) => void }) {
  return (
    <div class="chips" role="group" aria-label={label}>
      {all.map(([name, text, count]) => <button key={name ?? ''} type="button" aria-pressed={chosen === name} onClick={() => choose(name)}>{text}<b>{countText(count)}</b></button>)}
    </div>
  );
}
