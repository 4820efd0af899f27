// A place that is asked for: the next click on the map answers, and opens nothing.
import { signal } from '@preact/signals';

/** [longitude, latitude] */
export const picking = signal<((place: [number, number]) => void) | null>(null);
