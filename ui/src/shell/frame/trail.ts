// What the keyboard came from when something was opened in a part of the page, and where it is to go in the next picture.

/** 'heading': to what was opened; `by` had the focus then. 'back': `closed` is gone, `opener` is where it was opened. */
export type Wish<E> = { kind: 'heading'; by: E | null } | { kind: 'back'; closed: string; opener: E | null };

export class Trail<E> {
  wish: Wish<E> | null = null;
  #opener: E | null = null;

  /** What the part shows has changed; null: nothing is opened. `by` has the focus, `inside`: it belongs to what was shown before. */
  changed(before: string | null, now: string | null, by: E | null, inside: boolean) {
    if (now === null) {
      this.wish = { kind: 'back', closed: before ?? '', opener: this.#opener };
      this.#opener = null;
      return;
    }
    // Who goes from one to the next comes back to where the first was opened.
    if (before === null || (by !== null && !inside)) this.#opener = by;
    this.wish = { kind: 'heading', by };
  }
  done() {
    this.wish = null;
  }
}

/** Whether the wish to be at a heading still stands: not for who types, nor for who has gone on since, or was taken to a field. */
export const isWanted = <E>(by: E | null, now: E | null, lost: boolean, types: boolean) => lost || (now === by && !types);
