// The newest value of every station, by the station's index: flat arrays, so that 1,100 stations changing every
// 2 s make no garbage; readers are told at most twice a second.
import { signal } from '@preact/signals';
import type { Flag, Row } from './api';
import { type LiveValue, type Sent, stateOf } from './rules';

const kNotifyEvery = 500;

export class Values {
  readonly version = signal(0);
  value = new Float64Array(0);
  time = new Float64Array(0);
  flag = new Uint8Array(0);
  /** Numbers of kReportStates. */
  state = new Uint8Array(0);
  /** By index: what a device sent in the place of a value. */
  readonly sent = new Map<number, Sent>();
  #index = new Map<number, number>();
  #notifiedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Which stations there are; forgets all values. */
  stations(ids: readonly number[]) {
    this.#index = new Map(ids.map((id, i) => [id, i]));
    this.value = new Float64Array(ids.length);
    this.time = new Float64Array(ids.length);
    this.flag = new Uint8Array(ids.length);
    this.state = new Uint8Array(ids.length);
    this.replace([]);
  }

  indexOf(id: number): number | undefined {
    return this.#index.get(id);
  }

  /** What came last of one station; null: nothing is known. */
  live(index: number): LiveValue | null {
    const [value, time] = [this.value[index], this.time[index]];
    if (value === undefined || time === undefined || Number.isNaN(time)) return null;
    return { value: Number.isNaN(value) ? null : value, time, flag: this.flag[index]!, state: stateOf(this.state[index]!), sent: this.sent.get(index) };
  }

  /** All numbers of reporting stations that are not doubtful. */
  current(): number[] {
    return Array.from(this.value).filter((value, i) => !Number.isNaN(value) && this.flag[i]! < 3 && this.state[i] === 1);
  }

  /** All that is known, as it came. */
  rows(): Row[] {
    const none = (n: number) => (Number.isNaN(n) ? null : n);
    return [...this.#index].map(([id, i]): Row => [id, none(this.value[i]!), none(this.time[i]!), this.flag[i]! as Flag, this.state[i]!, this.sent.get(i)]);
  }

  /** A snapshot: what it does not name has no value. */
  replace(rows: readonly Row[]) {
    this.value.fill(Number.NaN);
    this.time.fill(Number.NaN);
    this.flag.fill(9);
    this.state.fill(4);
    this.sent.clear();
    this.merge(rows);
    this.#notify(true);
  }

  /** Which value is the newest the server knows better than any clock: what comes later counts. Rows of stations that are
   *  not known are skipped and counted. */
  merge(rows: readonly Row[]): number {
    let unknown = 0;
    for (const [id, value, time, flag, state, sent] of rows) {
      const i = this.#index.get(id);
      if (i === undefined) {
        unknown += 1;
        continue;
      }
      this.value[i] = value ?? Number.NaN;
      this.time[i] = time ?? Number.NaN;
      this.flag[i] = flag;
      this.state[i] = state;
      if (sent === undefined) this.sent.delete(i);
      else this.sent.set(i, sent);
    }
    if (rows.length > 0) this.#notify(false);
    return unknown;
  }

  #notify(now: boolean) {
    const notify = () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#notifiedAt = performance.now();
      this.version.value += 1;
    };
    const wait = kNotifyEvery - (performance.now() - this.#notifiedAt);
    if (now || wait <= 0) notify();
    else this.#timer ??= setTimeout(notify, wait);
  }
}
