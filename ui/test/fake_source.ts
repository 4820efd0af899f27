// For tests of what is live.

/** The server's side of an EventSource, in the test's hands. */
export class FakeSource {
  static all: FakeSource[] = [];
  onerror: (() => void) | null = null;
  readonly #handlers = new Map<string, (e: unknown) => void>();
  constructor(readonly url: string) {
    FakeSource.all.push(this);
  }
  addEventListener(name: string, handle: (e: unknown) => void) {
    this.#handlers.set(name, handle);
  }
  close() {}
  say(name: string, data: unknown, lastEventId = '') {
    this.#handlers.get(name)?.({ data: JSON.stringify(data), lastEventId });
  }
}
export const newest = () => FakeSource.all[FakeSource.all.length - 1]!;
