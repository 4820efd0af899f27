// A list that operators keep on the server: what is known of it, why it cannot be read, and why the last change was
// refused. Every such list is read, changed and refused in the same way.
import { signal } from '@preact/signals';
import { type Refusal, refusalOf } from '../refusal';
import { signedOut } from '../session';

export class Register<T> {
  /** null: not read yet. */
  readonly all = signal<readonly T[] | null>(null);
  readonly failed = signal<Refusal | null>(null);
  /** The last change that was refused, and where on the page it was tried. */
  readonly refused = signal<(Refusal & { where: string }) | null>(null);
  #busy = false;
  #asked = 0;
  #acceptedTurn = 0;

  /** `csrf` is of who is signed in; null: nobody, and nothing is asked: what was to be changed is refused here. */
  constructor(
    private readonly ask: () => Promise<readonly T[]>,
    private readonly csrf: () => string | null,
  ) {}

  async read(): Promise<void> {
    if (this.csrf() === null) return;
    const turn = ++this.#asked;
    try {
      this.#accept(turn, await this.ask(), null);
    } catch (error) {
      this.#accept(turn, this.all.peek(), refusalOf(error));
    }
  }

  /** True when it was done. One at a time: a second click while the first is on its way does nothing. */
  async change(where: string, what: (csrf: string) => Promise<void>): Promise<boolean> {
    const csrf = this.csrf();
    if (this.#busy) return false;
    if (csrf === null) {
      this.refused.value = { ...signedOut(), where };
      return false;
    }
    this.#busy = true;
    this.refused.value = null;
    try {
      await what(csrf);
    } catch (error) {
      this.refused.value = { ...refusalOf(error), where };
      return false;
    } finally {
      this.#busy = false;
    }
    // It is done, whether the list can be read again now or only later.
    await this.read();
    return true;
  }

  /** An answer that was asked for earlier and comes later must not undo a newer one. */
  #accept(turn: number, all: readonly T[] | null, failed: Refusal | null) {
    if (turn < this.#acceptedTurn) return;
    this.#acceptedTurn = turn;
    this.all.value = all;
    this.failed.value = failed;
  }
}
