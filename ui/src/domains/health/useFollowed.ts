// What is read again every minute; what was read before stays while it is read.
import { useEffect, useState } from 'preact/hooks';
import { type Refusal, refusalOf } from '../../shell/refusal';
import { kMinute } from '../../shell/time';

interface Followed<T> {
  read: T | null;
  failed: Refusal | null;
}

/** `key`: another one is another question, whose answer is waited for. */
export function useFollowed<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Followed<T> {
  const [loaded, setLoaded] = useState<Followed<T> & { key: string }>({ key, read: null, failed: null });
  useEffect(() => {
    const stop = new AbortController();
    const look = () =>
      void ask(stop.signal).then(
        (read) => setLoaded({ key, read, failed: null }),
        (error: unknown) => !stop.signal.aborted && setLoaded((old) => ({ key, read: old.key === key ? old.read : null, failed: refusalOf(error) })),
      );
    look();
    const again = setInterval(look, kMinute);
    return () => {
      stop.abort();
      clearInterval(again);
    };
  }, [key]);
  return loaded.key === key ? loaded : { read: null, failed: null };
}
