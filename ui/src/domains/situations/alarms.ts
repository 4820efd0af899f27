// Pins of situations with the shape of their severity, and the ground that they cover. Pins are buttons, so that pointer and
// keyboard do the same; one of them is a tab stop, arrows go on.
import type { Areas } from '../../shell/api';
import type { Canvas, LonLat, Pin as Standing } from '../../shell/map/canvas';
import { centreOf } from '../../shell/map/geometry';
import { rankOf, ringAround, type Severity } from './rules';
import { kShapes, kSigns } from './shapes';

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
export interface AlarmEvents {
  point(id: number | null): void;
  open(id: number): void;
}
interface Pin {
  standing: Standing;
  button: HTMLButtonElement;
  at: LonLat;
}

type AreaShapes = Areas['features'];
/** Where a situation's pin stands; null when it is of the whole city. */
export function placeOf(alarm: Pick<Alarm, 'place' | 'area'>, areas: AreaShapes): LonLat | null {
  if (alarm.place) return alarm.place;
  const area = areas.find((f) => f.properties.id === alarm.area);
  return area ? centreOf(area.geometry) : null;
}

/** The same shapes as in the list, for elements that are made by hand. */
function drawn(severity: Severity): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', `severity is-${severity}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, d] of [['shape', kShapes[severity]], ['sign', kSigns[severity]]] as const) {
    const path = svg.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'path'));
    path.setAttribute('class', name);
    path.setAttribute('d', d);
  }
  return svg;
}

export class Alarms {
  #pins = new Map<number, Pin>();
  #alarms: readonly Alarm[] = [];

  constructor(
    private readonly canvas: Canvas,
    private readonly events: AlarmEvents,
  ) {}

  remove() {
    this.set([], []);
  }

  set(alarms: readonly Alarm[], areas: AreaShapes) {
    this.#alarms = alarms;
    const gone = new Set(this.#pins.keys());
    for (const alarm of alarms) {
      const at = placeOf(alarm, areas);
      if (!at) continue;
      gone.delete(alarm.id);
      this.#paint(this.#pins.get(alarm.id) ?? this.#make(alarm.id, at), alarm, at);
    }
    for (const id of gone) {
      this.#pins.get(id)?.standing.remove();
      this.#pins.delete(id);
    }
    this.#rove();
  }

  #make(id: number, at: LonLat): Pin {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.situation = String(id);
    const standing = this.canvas.pin(button, at);
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
    const pin = { standing, button, at };
    this.#pins.set(id, pin);
    return pin;
  }

  #paint(pin: Pin, alarm: Alarm, at: LonLat) {
    if (pin.at[0] !== at[0] || pin.at[1] !== at[1]) pin.standing.move((pin.at = at));
    const { button } = pin;
    if (button.dataset.severity !== alarm.severity) {
      button.dataset.severity = alarm.severity;
      button.replaceChildren(drawn(alarm.severity));
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
}

/** The ground that situations cover: circles, and whole areas. */
export function groundOf(alarms: readonly Alarm[], areas: AreaShapes, colours: Record<Severity, string>): GeoJSON.FeatureCollection {
  const features = alarms.flatMap((alarm): GeoJSON.Feature[] => {
    const properties = { colour: colours[alarm.severity], width: alarm.marked ? 3 : 1.6, fill: alarm.marked ? 0.16 : alarm.faint ? 0.03 : 0.08 };
    if (alarm.place && alarm.radius > 0) return [{ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ringAround(alarm.place, alarm.radius)] } }];
    const area = alarm.place ? undefined : areas.find((f) => f.properties.id === alarm.area);
    return area ? [{ type: 'Feature', properties: { ...properties, width: properties.width + 1 }, geometry: area.geometry }] : [];
  });
  return { type: 'FeatureCollection', features };
}
