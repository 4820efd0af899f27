// Situations on the map: a pin with the severity's shape where it is, the ground it covers, and a ring around every
// station in alarm. Pins are buttons, so that pointer and keyboard do the same; one of them is a tab stop, arrows go on.
import { type Map as MapLibre, Marker } from 'maplibre-gl';
import { rankOf, ringAround, type Severity } from './rules';
import type { Areas } from '../../shell/api';
import { centreOf } from '../../shell/map/geometry';
import type { Palette } from '../../shell/map/style';

export interface Alarm {
  id: number;
  severity: Severity;
  place: [number, number] | null;
  radius: number;
  area: number | null;
  /** Said by screen readers. */
  label: string;
  /** Ended, or of a moment that is not shown. */
  faint: boolean;
  marked: boolean;
}
/** A station in alarm. */
export interface Ring {
  place: [number, number];
  severity: Severity;
  cause: boolean;
}
export interface AlarmEvents {
  point(id: number | null): void;
  open(id: number): void;
}
interface Pin {
  marker: Marker;
  button: HTMLButtonElement;
  at: [number, number];
}

export class Alarms {
  #pins = new Map<number, Pin>();
  #alarms: readonly Alarm[] = [];
  #areas: Areas['features'] = [];

  constructor(
    private readonly map: MapLibre,
    private readonly events: AlarmEvents,
    /** An SVG of the severity, made where the other pictures are made. */
    private readonly draw: (severity: Severity) => SVGElement,
  ) {}

  setAreas(areas: Areas['features']) {
    this.#areas = areas;
    this.set(this.#alarms);
  }

  /** Where a situation's pin stands; null when it is of the whole city. */
  placeOf(alarm: Pick<Alarm, 'place' | 'area'>): [number, number] | null {
    if (alarm.place) return alarm.place;
    const area = this.#areas.find((f) => f.properties.id === alarm.area);
    return area ? centreOf(area.geometry) : null;
  }

  set(alarms: readonly Alarm[]) {
    this.#alarms = alarms;
    const gone = new Set(this.#pins.keys());
    for (const alarm of alarms) {
      const at = this.placeOf(alarm);
      if (!at) continue;
      gone.delete(alarm.id);
      this.#paint(this.#pins.get(alarm.id) ?? this.#make(alarm.id, at), alarm, at);
    }
    for (const id of gone) {
      this.#pins.get(id)?.marker.remove();
      this.#pins.delete(id);
    }
    this.#rove();
  }

  #make(id: number, at: [number, number]): Pin {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.situation = String(id);
    const marker = new Marker({ element: button, anchor: 'bottom', opacityWhenCovered: '1' }).setLngLat(at).addTo(this.map);
    const stop = (e: Event) => e.stopPropagation();
    button.addEventListener('click', (e) => {
      stop(e);
      this.events.open(id);
    });
    for (const kind of ['mousedown', 'dblclick', 'touchstart'] as const) button.addEventListener(kind, stop, { passive: true });
    for (const kind of ['mouseenter', 'focus'] as const) button.addEventListener(kind, () => this.events.point(id));
    for (const kind of ['mouseleave', 'blur'] as const) button.addEventListener(kind, () => this.events.point(null));
    button.addEventListener('mousemove', stop);
    button.addEventListener('keydown', (e) => this.#key(e, id));
    const pin = { marker, button, at };
    this.#pins.set(id, pin);
    return pin;
  }

  #paint(pin: Pin, alarm: Alarm, at: [number, number]) {
    if (pin.at[0] !== at[0] || pin.at[1] !== at[1]) pin.marker.setLngLat((pin.at = at));
    const { button } = pin;
    if (button.dataset.severity !== alarm.severity) {
      button.dataset.severity = alarm.severity;
      button.replaceChildren(this.draw(alarm.severity));
    }
    button.classList.add('situation-pin');
    button.classList.toggle('faint', alarm.faint);
    button.classList.toggle('marked', alarm.marked);
    if (button.getAttribute('aria-label') !== alarm.label) button.setAttribute('aria-label', alarm.label);
    button.style.zIndex = String(alarm.marked ? 9 : 2 + rankOf(alarm.severity));
  }

  #order = () => this.#alarms.flatMap((a) => this.#pins.get(a.id) ?? []);
  #rove() {
    const all = this.#order();
    const current = all.find((pin) => pin.button === document.activeElement) ?? all[0];
    for (const pin of all) pin.button.tabIndex = pin === current ? 0 : -1;
  }
  /** Arrows go to the next pin, not over the map. */
  #key(e: KeyboardEvent, id: number) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    const all = this.#order();
    const next = all[(all.findIndex((pin) => pin === this.#pins.get(id)) + step + all.length) % all.length];
    next?.button.focus();
    this.#rove();
  }

  /** The ground that situations cover: circles, and whole areas. */
  reach(palette: Palette): GeoJSON.FeatureCollection {
    const features = this.#alarms.flatMap((alarm): GeoJSON.Feature[] => {
      const properties = { colour: palette.severity[alarm.severity], width: alarm.marked ? 3 : 1.6, fill: alarm.marked ? 0.16 : alarm.faint ? 0.03 : 0.08 };
      if (alarm.place && alarm.radius > 0) return [{ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ringAround(alarm.place, alarm.radius)] } }];
      const area = alarm.place ? undefined : this.#areas.find((f) => f.properties.id === alarm.area);
      return area ? [{ type: 'Feature', properties: { ...properties, width: properties.width + 1 }, geometry: area.geometry }] : [];
    });
    return { type: 'FeatureCollection', features };
  }
}

export function ringsOf(rings: readonly Ring[], palette: Palette): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: rings.map((ring) => ({
      type: 'Feature', properties: { colour: palette.severity[ring.severity], width: ring.cause ? 2.6 : 1.4 }, geometry: { type: 'Point', coordinates: ring.place },
    })),
  };
}
