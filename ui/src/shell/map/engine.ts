// The map itself: MapLibre, loaded only when it is needed. Values reach the canvas as feature states, and only
// those that changed colour, so that 1,100 stations updating every 2 s cost almost nothing.
import { Map as MapLibre, setWorkerUrl, type MapMouseEvent, Marker } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Areas, Station } from '../api';
import type { Theme } from './scale';
import type { Severity } from '../../domains/situations/rules';
import { type Alarm, Alarms, type Ring, ringsOf } from '../../domains/situations/alarms';
import { centreOf } from './geometry';
import { type Palette, kPalettes, styleOf } from './style';

setWorkerUrl(workerUrl);

/** How one station is drawn. */
export interface Look {
  fill: string | null;
  stroke: string | null;
  strokeWidth: number;
  opacity: number;
}
export interface AreaLook {
  fill: string | null;
  label: string;
  value: string;
  chosen: boolean;
}
export interface MapEvents {
  point(index: number | null): void;
  open(index: number): void;
  openArea(id: number | null): void;
  pointSituation(id: number | null): void;
  openSituation(id: number): void;
  drawSeverity(severity: Severity): SVGElement;
  moved(): void;
  ready(): void;
}
interface Label {
  marker: Marker;
  element: HTMLElement;
  name: HTMLElement;
  value: HTMLElement;
}

const kReach = 9;

export class MapEngine {
  readonly #map: MapLibre;
  readonly #alarms: Alarms;
  #rings: readonly Ring[] = [];
  #theme: Theme;
  #districts: Areas['features'] = [];
  #areas: Areas | null = null;
  #base: GeoJSON.FeatureCollection | null = null;
  #stations: Station[] = [];
  #looks: string[] = [];
  #areaLooks = new Map<number, string>();
  #labels = new Map<number, Label>();
  #marks: [number | null, number | null] = [null, null];
  #ready = false;

  constructor(
    container: HTMLElement,
    bounds: [number, number, number, number],
    theme: Theme,
    private readonly markFactor: number,
    private readonly events: MapEvents,
    title: string,
    private readonly bottom: number,
  ) {
    this.#theme = theme;
    this.#map = new MapLibre({
      container, style: styleOf(theme, markFactor), bounds, fitBoundsOptions: { padding: this.#padding },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 18, minZoom: 7,
      locale: { 'Map.Title': title },
    });
    this.#alarms = new Alarms(this.#map, { point: (id) => events.pointSituation(id), open: (id) => events.openSituation(id) }, (severity) => events.drawSeverity(severity));
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    // Not 'load', which waits for the first picture: colours may go in as soon as there are sources.
    this.#map.once('style.load', () => {
      this.#ready = true;
      this.#pour();
      this.events.ready();
    });
    this.#map.on('move', () => this.events.moved());
    this.#map.on('moveend', () => this.#thinLabels());
    this.#map.on('mousemove', (e) => this.#hover(e));
    this.#map.on('mouseout', () => this.events.point(null));
    this.#map.on('click', (e) => this.#click(e));
  }

  /** Whatever is fitted stays clear of the legend. */
  get #padding() {
    return { top: 28, right: 28, bottom: this.bottom, left: 28 };
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

  setTheme(theme: Theme) {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#ready = false;
    this.#map.setStyle(styleOf(theme, this.markFactor), { diff: false });
    this.#map.once('style.load', () => {
      this.#ready = true;
      this.#pour();
      this.events.ready();
    });
  }

  setTitle(title: string) {
    this.#map.getCanvas().setAttribute('aria-label', title);
  }

  /** Districts are shaded and labelled; of all smaller areas only the edges are drawn. */
  setAreas(districts: Areas['features'], areas: Areas) {
    this.#districts = districts;
    this.#areas = areas;
    this.#alarms.setAreas(areas.features);
    this.#labels.forEach((l) => l.marker.remove());
    this.#labels.clear();
    for (const f of districts) {
      const element = document.createElement('div');
      element.className = 'area-label';
      element.setAttribute('aria-hidden', 'true');
      const name = element.appendChild(document.createElement('span'));
      const value = element.appendChild(document.createElement('b'));
      const marker = new Marker({ element, opacityWhenCovered: '1' }).setLngLat(centreOf(f.geometry)).addTo(this.#map);
      this.#labels.set(f.properties.id, { marker, element, name, value });
    }
    this.#pour();
  }

  /** What lies under the areas. */
  setBase(base: GeoJSON.FeatureCollection) {
    this.#base = base;
    this.#pour();
  }

  setStations(stations: Station[]) {
    this.#stations = stations;
    this.#pour();
  }

  /** Gives the sources their shapes; states are painted anew afterwards. */
  #pour() {
    if (!this.#ready) return;
    this.#looks = [];
    this.#areaLooks.clear();
    if (this.#base) void this.#source('base').setData(this.#base);
    if (this.#areas) {
      const features = this.#districts.map((f) => ({ ...f, id: f.properties.id }));
      void this.#source('areas').setData({ type: 'FeatureCollection', features });
      const parts = this.#areas.features.filter((f) => !this.#districts.includes(f));
      void this.#source('parts').setData({ type: 'FeatureCollection', features: parts });
    }
    void this.#source('stations').setData({
      type: 'FeatureCollection',
      features: this.#stations.map((s, i) => ({ type: 'Feature', id: i, geometry: { type: 'Point', coordinates: [s.lon, s.lat] }, properties: {} })),
    });
    this.#mark();
    this.#alarm();
  }
  #source(id: string) {
    return this.#map.getSource(id) as unknown as { setData(data: GeoJSON.GeoJSON): unknown };
  }

  paint(looks: readonly Look[]) {
    if (!this.#ready || looks.length !== this.#stations.length) return;
    looks.forEach((look, i) => {
      const key = `${look.fill} ${look.stroke} ${look.strokeWidth} ${look.opacity}`;
      if (this.#looks[i] === key) return;
      this.#looks[i] = key;
      this.#map.setFeatureState(
        { source: 'stations', id: i },
        { c: look.fill ?? 'rgba(0,0,0,0)', o: look.fill ? look.opacity : 0, s: look.stroke ?? this.palette.rim, w: look.strokeWidth, so: look.opacity },
      );
    });
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

  setMarks(pointed: number | null, selected: number | null) {
    if (this.#marks[0] === pointed && this.#marks[1] === selected) return;
    this.#marks = [pointed, selected];
    this.#mark();
  }
  #mark() {
    if (!this.#ready) return;
    const features = this.#marks.flatMap((index, kind): GeoJSON.Feature[] => {
      const s = index === null ? undefined : this.#stations[index];
      return s ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: [s.lon, s.lat] }, properties: { width: kind === 1 ? 3 : 1.5 } }] : [];
    });
    void this.#source('marks').setData({ type: 'FeatureCollection', features });
  }

  /** Situations with their ground, and the stations in alarm; both are drawn over all other stations. */
  setAlarms(alarms: readonly Alarm[], rings: readonly Ring[]) {
    this.#alarms.set(alarms);
    this.#rings = rings;
    this.#alarm();
  }
  #alarm() {
    if (!this.#ready) return;
    void this.#source('reach').setData(this.#alarms.reach(this.palette));
    void this.#source('alarmed').setData(ringsOf(this.#rings, this.palette));
  }
  /** Where a situation's pin stands in the container. */
  placeOfAlarm(alarm: Pick<Alarm, 'place' | 'area'>): { x: number; y: number } | null {
    const at = this.#alarms.placeOf(alarm);
    return at ? this.#map.project(at) : null;
  }

  /** Where a station stands in the container, in CSS pixels. */
  place(index: number): { x: number; y: number } | null {
    const s = this.#stations[index];
    return s ? this.#map.project([s.lon, s.lat]) : null;
  }

  /** Moves only when the station cannot be seen. */
  show(index: number) {
    const s = this.#stations[index];
    if (s && !this.#map.getBounds().contains([s.lon, s.lat])) this.#map.easeTo({ center: [s.lon, s.lat] });
  }
  fit(bounds: [number, number, number, number]) {
    this.#map.fitBounds(bounds, { padding: this.#padding, duration: 600, maxZoom: 14 });
  }
  zoom(by: number) {
    this.#map.easeTo({ zoom: this.#map.getZoom() + by, duration: 200 });
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

  #nearest(e: MapMouseEvent): number | null {
    const { x, y } = e.point;
    const hits = this.#map.queryRenderedFeatures([[x - kReach, y - kReach], [x + kReach, y + kReach]], { layers: ['stations'] });
    let best: number | null = null;
    let distance = Number.POSITIVE_INFINITY;
    for (const hit of hits) {
      const index = Number(hit.id);
      const p = this.place(index);
      const d = p ? Math.hypot(p.x - x, p.y - y) : Number.POSITIVE_INFINITY;
      if (d < distance) [best, distance] = [index, d];
    }
    return best;
  }
  #hover(e: MapMouseEvent) {
    if (!this.#ready) return;
    const index = this.#nearest(e);
    this.#map.getCanvas().style.cursor = index === null ? '' : 'pointer';
    this.events.point(index);
  }
  #click(e: MapMouseEvent) {
    if (!this.#ready) return;
    const index = this.#nearest(e);
    if (index !== null) return this.events.open(index);
    const area = this.#map.queryRenderedFeatures(e.point, { layers: ['land'] })[0];
    this.events.openArea(area ? Number(area.id) : null);
  }
}

