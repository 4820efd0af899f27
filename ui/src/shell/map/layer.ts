// What a domain puts on the map.
import type { LayerSpecification } from 'maplibre-gl';
import type { Canvas } from './canvas';
import type { Theme } from './scale';

export interface Look {
  theme: Theme;
  /** Marks are larger on the wall. */
  factor: number;
}
/** What answers to the pointer. */
export interface Hit {
  /** The layer of the style whose features have numbers as ids. */
  layer: string;
  point(id: number | null): void;
  open(id: number): void;
}
export interface Layer {
  /** Ground that is covered, marks upon it, and what nothing hides. */
  height: 'ground' | 'mark' | 'above';
  /** GeoJSON sources that its look uses. */
  sources: string[];
  look(look: Look): LayerSpecification[];
  /** Fills the sources and keeps them so; what it returns ends that. Once per layer, when the canvas is there. */
  follow?(canvas: Canvas): () => void;
  hit?: Hit;
}
