// What a domain draws on the time line.
import type uPlot from 'uplot';
import type { SeriesPoint } from '../charts/series';

/** A line over the last 24 hours. */
export interface Curve {
  /** What it is, with its unit. */
  title(): string;
  /** Another key is another line, which is read anew; null: nothing to read yet. */
  key(): string | null;
  read(from: number, to: number, signal: AbortSignal): Promise<{ step: number; points: SeriesPoint[] }>;
}
/** The span that is seen; the plot has measures only after it was drawn. */
export interface LineFrame {
  from: number;
  to: number;
  plot: { current: uPlot | null };
}
