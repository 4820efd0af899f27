// Listens to the server's events and never gives up: silence of 25 s or an error closes the connection, a new one
// follows after a growing, jittered pause. The first event of a connection is a snapshot, or "resumed" when the server
// still knows what came after the event that was heard last: nothing is missed either way.
import { pauseBefore } from './backoff';

export interface LiveEvents<Snapshot> {
  /** The first of a connection that is not resumed; also later, when the server dropped something. */
  snapshot(snapshot: Snapshot): void;
  /** What comes between, by the event's name. */
  on: Record<string, (data: never) => void>;
  /** false: the connection is lost and will be tried again. */
  connected(yes: boolean): void;
  /** Asked before a lost connection is opened again, for what decides who listens; where it fails, that waits for the next try. */
  again?(): Promise<void>;
}

const kSilenceMax = 25_000;

export class Live<Snapshot> {
  #source: EventSource | null = null;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #lastEventAt = 0;
  #lastId = '';
  #asking = false;
  #closed = false;

  constructor(
    private readonly url: string,
    private readonly events: LiveEvents<Snapshot>,
  ) {
    this.#open();
    this.#watch = setInterval(() => {
      if (this.#source && performance.now() - this.#lastEventAt > kSilenceMax) this.#lost();
    }, 1000);
    window.addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
  }

  close() {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    window.removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#source?.close();
    this.#source = null;
  }

  /** A snapshot is wanted, whatever was heard before: the page could not place all of it. */
  startAnew() {
    if (!this.#source) return;
    this.#source.close();
    this.#lastId = '';
    this.#open();
  }

  #open() {
    const source = new EventSource(this.#lastId ? withLastId(this.url, this.#lastId) : this.url);
    this.#source = source;
    this.#lastEventAt = performance.now();
    source.addEventListener('snapshot', (e) => {
      this.#connected(e as MessageEvent<string>);
      this.events.snapshot(JSON.parse(e.data as string) as Snapshot);
    });
    source.addEventListener('resumed', (e) => this.#connected(e as MessageEvent<string>));
    for (const [name, handle] of Object.entries(this.events.on)) {
      source.addEventListener(name, (e) => {
        this.#noteEvent(e as MessageEvent<string>);
        handle(JSON.parse((e as MessageEvent<string>).data) as never);
      });
    }
    source.addEventListener('beat', () => this.#noteEvent());
    source.onerror = () => this.#lost();
  }

  #connected(event: MessageEvent<string>) {
    this.#attempt = 0;
    this.#noteEvent(event);
    this.events.connected(true);
  }

  #noteEvent(event?: MessageEvent<string>) {
    this.#lastEventAt = performance.now();
    if (event?.lastEventId) this.#lastId = event.lastEventId;
  }

  #lost() {
    this.#source?.close();
    this.#source = null;
    this.events.connected(false);
    this.#waitAndOpen();
  }

  #waitAndOpen() {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#openAgain(), pauseBefore(this.#attempt, Math.random));
    this.#attempt += 1;
  }

  #openAgain() {
    if (!this.events.again) return this.#open();
    if (this.#asking) return;
    this.#asking = true;
    this.events.again().then(
      () => {
        this.#asking = false;
        if (!this.#closed && !this.#source) this.#open();
      },
      () => {
        this.#asking = false;
        if (!this.#closed && !this.#source) this.#waitAndOpen();
      },
    );
  }

  /** The network or the reader came back: do not wait for the pause to end. */
  #hurry = () => {
    if (this.#source || document.visibilityState === 'hidden') return;
    clearTimeout(this.#retry);
    this.#openAgain();
  };
}

/** A new EventSource can send no Last-Event-ID of its own. */
export function withLastId(url: string, id: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}last_event_id=${encodeURIComponent(id)}`;
}
