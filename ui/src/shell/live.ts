// Listens to the server's events and never gives up: silence of 25 s or an error closes the connection, a new one
// follows after a growing, jittered pause. The first event of every connection is a snapshot, so nothing is missed.
import { pauseBefore } from './backoff';

export interface LiveEvents<Snapshot> {
  /** The first of every connection; also later, when the server dropped something. */
  snapshot(snapshot: Snapshot): void;
  /** What comes between, by the event's name. */
  on: Record<string, (data: never) => void>;
  /** false: the connection is lost and will be tried again. */
  connected(yes: boolean): void;
}

const kSilenceMax = 25_000;

export class Live<Snapshot> {
  #source: EventSource | null = null;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #heard = 0;

  constructor(
    private readonly url: string,
    private readonly events: LiveEvents<Snapshot>,
  ) {
    this.#open();
    this.#watch = setInterval(() => {
      if (this.#source && performance.now() - this.#heard > kSilenceMax) this.#lost();
    }, 1000);
    window.addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
  }

  close() {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    window.removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    const source = new EventSource(this.url);
    this.#source = source;
    this.#heard = performance.now();
    source.addEventListener('snapshot', (e) => {
      this.#attempt = 0;
      this.#hear();
      this.events.connected(true);
      this.events.snapshot(JSON.parse(e.data as string) as Snapshot);
    });
    for (const [name, hear] of Object.entries(this.events.on)) {
      source.addEventListener(name, (e) => {
        this.#hear();
        hear(JSON.parse((e as MessageEvent<string>).data) as never);
      });
    }
    source.addEventListener('beat', () => this.#hear());
    source.onerror = () => this.#lost();
  }

  #hear() {
    this.#heard = performance.now();
  }

  #lost() {
    this.#source?.close();
    this.#source = null;
    this.events.connected(false);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), pauseBefore(this.#attempt, Math.random));
    this.#attempt += 1;
  }

  /** The network or the reader came back: do not wait for the pause to end. */
  #hurry = () => {
    if (this.#source || document.visibilityState === 'hidden') return;
    clearTimeout(this.#retry);
    this.#open();
  };
}
