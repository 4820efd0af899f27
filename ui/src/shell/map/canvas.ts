// The map itself: MapLibre, loaded only when it is needed. It draws the city's ground and areas; all else comes from the layers
// of the domains. Values reach it as states of features, and only those that changed, so that 1,100 marks changing every
// 2 s cost almost nothing.
import { signal } from '@preact/signals';
import { Map as MapLibre, type MapMouseEvent, Marker, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Areas } from '../api';
import { centreOf } from './geometry';
import type { Layer } from './layer';
import { picking } from './pick';
import type { Theme } from './scale';
import { kPalettes, type Palette, styleOf } from './style';
import 'maplibre-gl/dist/maplibre-gl.css';

setWorkerUrl(workerUrl);

export type LonLat = [number, number];
export type Box = [number, number, number, number];
/** How an area is shaded and labelled. */
export interface AreaLook {
  fill: string | null;
  label: string;
  value: string;
  chosen: boolean;
}
/** An element that stands on the map. */
export interface Pin {
  move(to: LonLat): void;
  remove(): void;
}
export interface Wanted {
  layers: readonly Layer[];
  bounds: Box;
  theme: Theme;
  factor: number;
  title: string;
  /** How far what is fitted stays above the lower edge, clear of the legend. */
  bottom: number;
  openArea(id: number | null): void;
}
interface Label {
  marker: Marker;
  element: HTMLElement;
  name: HTMLElement;
  value: HTMLElement;
}

/** CSS pixels around the pointer. */
const kReach = 9;

export class Canvas {
  /** How often the style came; 0: not yet. Whoever painted states of features paints them again. */
  readonly drawn = signal(0);
  /** How often the map has moved, for what stands beside it. */
  readonly moved = signal(0);
  readonly #map: MapLibre;
  readonly #wanted: Wanted;
  readonly #data = new Map<string, GeoJSON.GeoJSON>();
  readonly #labels = new Map<number, Label>();
  readonly #areaLooks = new Map<number, string>();
  #theme: Theme;
  #ready = false;

  constructor(container: HTMLElement, wanted: Wanted) {
    this.#wanted = wanted;
    this.#theme = wanted.theme;
    this.#map = new MapLibre({
      container, style: this.#style(), bounds: wanted.bounds, fitBoundsOptions: { padding: this.#padding },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 18, minZoom: 7,
      locale: { 'Map.Title': wanted.title },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#whenStyled();
    this.#map.on('move', () => (this.moved.value += 1));
    this.#map.on('moveend', () => this.#thinLabels());
    this.#map.on('mousemove', (e) => this.#hover(e));
    this.#map.on('mouseout', () => this.#point(null));
    this.#map.on('click', (e) => this.#click(e));
  }

  #style = () => styleOf(this.#theme, this.#wanted.layers, this.#wanted.factor);
  /** Not 'load', which waits for the first picture: colours may go in as soon as there are sources. */
  #whenStyled() {
    this.#map.once('style.load', () => {
      this.#ready = true;
      this.#areaLooks.clear();
      for (const [source, data] of this.#data) this.#pour(source, data);
      this.drawn.value += 1;
    });
  }
  get #padding() {
    return { top: 28, right: 28, bottom: this.#wanted.bottom, left: 28 };
  }
  remove() {
    this.#map.remove();
  }
  resize() {
    this.#map.resize();
  }
  get palette(): Palette {
    return kPalettes[this.#theme];
  }
  get theme(): Theme {
    return this.#theme;
  }

  setTheme(theme: Theme) {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#ready = false;
    this.#map.setStyle(this.#style(), { diff: false });
    this.#whenStyled();
  }
  setTitle(title: string) {
    this.#map.getCanvas().setAttribute('aria-label', title);
  }

  /** A source's shapes, kept also when the theme changes. States of its features are gone afterwards. */
  setData(source: string, data: GeoJSON.GeoJSON) {
    this.#data.set(source, data);
    if (this.#ready) this.#pour(source, data);
  }
  #pour(source: string, data: GeoJSON.GeoJSON) {
    (this.#map.getSource(source) as unknown as { setData(data: GeoJSON.GeoJSON): unknown }).setData(data);
  }
  /** How one feature is drawn; false: there is no style yet, and nothing was painted. */
  setState(source: string, id: number, state: Record<string, unknown>): boolean {
    if (this.#ready) this.#map.setFeatureState({ source, id }, state);
    return this.#ready;
  }

  /** Districts are shaded and labelled; of all smaller areas only the edges are drawn. */
  setAreas(districts: Areas['features'], areas: Areas) {
    this.#labels.forEach((l) => l.marker.remove());
    this.#labels.clear();
    this.#areaLooks.clear();
    for (const f of districts) {
      const element = document.createElement('div');
      element.className = 'area-label';
      element.setAttribute('aria-hidden', 'true');
      const name = element.appendChild(document.createElement('span'));
      const value = element.appendChild(document.createElement('b'));
      const marker = new Marker({ element, opacityWhenCovered: '1' }).setLngLat(centreOf(f.geometry)).addTo(this.#map);
      this.#labels.set(f.properties.id, { marker, element, name, value });
    }
    this.setData('areas', { type: 'FeatureCollection', features: districts.map((f) => ({ ...f, id: f.properties.id })) });
    this.setData('parts', { type: 'FeatureCollection', features: areas.features.filter((f) => !districts.includes(f)) });
  }
  paintAreas(looks: ReadonlyMap<number, AreaLook>) {
    if (!this.#ready) return;
    for (const [id, look] of looks) {
      const label = this.#labels.get(id);
      if (!label) continue;
      const key = `${look.fill} ${look.label} ${look.value} ${look.chosen}`;
      if (this.#areaLooks.get(id) === key) continue;
      this.#areaLooks.set(id, key);
      label.name.textContent = look.label;
      label.value.textContent = look.value;
      label.element.classList.toggle('chosen', look.chosen);
      this.#map.setFeatureState({ source: 'areas', id }, { c: look.fill ?? this.palette.land, o: look.fill ? 0.42 : 0, chosen: look.chosen });
    }
    this.#thinLabels();
  }
  /** Labels that would lie on another are left out, the larger area first. */
  #thinLabels() {
    const boxes: DOMRect[] = [];
    const zoom = this.#map.getZoom();
    for (const { element } of this.#labels.values()) {
      element.classList.toggle('brief', zoom < 9.6);
      const box = element.getBoundingClientRect();
      const hit = boxes.some((b) => box.left < b.right && b.left < box.right && box.top < b.bottom && b.top < box.bottom);
      element.classList.toggle('crowded', hit);
      if (!hit) boxes.push(box);
    }
  }

  /** `element` stands on its lower edge. */
  pin(element: HTMLElement, at: LonLat): Pin {
    const marker = new Marker({ element, anchor: 'bottom', opacityWhenCovered: '1' }).setLngLat(at).addTo(this.#map);
    return { move: (to) => void marker.setLngLat(to), remove: () => void marker.remove() };
  }
  /** Where a place stands in the container, in CSS pixels. */
  project(at: LonLat): { x: number; y: number } {
    return this.#map.project(at);
  }
  /** Moves only when the place cannot be seen. */
  show(at: LonLat) {
    if (!this.#map.getBounds().contains(at)) this.#map.easeTo({ center: at });
  }
  fit(bounds: Box) {
    this.#map.fitBounds(bounds, { padding: this.#padding, duration: 600, maxZoom: 14 });
  }
  zoom(by: number) {
    this.#map.easeTo({ zoom: this.#map.getZoom() + by, duration: 200 });
  }

  /** The nearest mark under the pointer, of the uppermost layer that has one there. */
  #nearest({ point: { x, y } }: MapMouseEvent): { layer: Layer; id: number } | null {
    for (const layer of this.#wanted.layers) {
      if (!layer.hit) continue;
      const hits = this.#map.queryRenderedFeatures([[x - kReach, y - kReach], [x + kReach, y + kReach]], { layers: [layer.hit.layer] });
      let best: { id: number; distance: number } | null = null;
      for (const hit of hits) {
        const p = hit.geometry.type === 'Point' ? this.#map.project(hit.geometry.coordinates as LonLat) : { x, y };
        const distance = Math.hypot(p.x - x, p.y - y);
        if (best === null || distance < best.distance) best = { id: Number(hit.id), distance };
      }
      if (best) return { layer, id: best.id };
    }
    return null;
  }
  #point(found: { layer: Layer; id: number } | null) {
    for (const layer of this.#wanted.layers) layer.hit?.point(layer === found?.layer ? found.id : null);
  }
  #hover(e: MapMouseEvent) {
    if (!this.#ready) return;
    if (picking.peek()) {
      this.#map.getCanvas().style.cursor = 'crosshair';
      return this.#point(null);
    }
    const found = this.#nearest(e);
    this.#map.getCanvas().style.cursor = found === null ? '' : 'pointer';
    this.#point(found);
  }
  #click(e: MapMouseEvent) {
    const picked = picking.peek();
    if (picked) return picked([e.lngLat.lng, e.lngLat.lat]);
    if (!this.#ready) return;
    const found = this.#nearest(e);
    if (found) return found.layer.hit!.open(found.id);
    const area = this.#map.queryRenderedFeatures(e.point, { layers: ['land'] })[0];
    this.#wanted.openArea(area ? Number(area.id) : null);
  }
}
