// The map's place on the page: loads the canvas when it is first shown, and gives it the city and the layers of the domains.
import { effect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { areaId, theme, wall } from '../choices';
import { areas, basemap, city, districts } from '../city';
import { kDomains } from '../domain';
import { Icon } from '../frame/icons';
import { Place } from '../frame/Place';
import { t } from '../texts';
import type { Box, Canvas } from './canvas';
import { boxOf } from './geometry';
import { picking } from './pick';

const kWallFactor = 1.35;
/** The first domain that knows where the city is seen says so. */
function wholeCity(): Box | null {
  for (const domain of kDomains) {
    const box = domain.frame?.();
    if (box) return box;
  }
  return city.value?.bounds ?? null;
}
/** How far the city stays above the map's lower edge, so that the legend covers little of it. */
const legendRoom = () => (document.querySelector('.legends')?.clientHeight ?? 60) * 0.6 + 30;

/** The canvas as long as the pane is there, following the theme, the city and whatever the layers follow. */
function useCanvas(container: { current: HTMLDivElement | null }) {
  const [canvas, setCanvas] = useState<Canvas | null>(null);
  const [failed, setFailed] = useState(false);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => {
    void import('./canvas')
      .then(({ Canvas: Made }) => {
        if (!container.current || !city.value) return;
        const layers = kDomains.flatMap((d) => d.layers ?? []);
        const made = new Made(container.current, {
          layers, bounds: wholeCity()!, theme: theme.value, factor: wall.value ? kWallFactor : 1, title: t('map.title'), bottom: legendRoom(),
          openArea: (id) => (areaId.value = areaId.value === id ? null : id),
        });
        const resized = new ResizeObserver(() => made.resize());
        resized.observe(container.current);
        const stops = [
          effect(() => made.setTheme(theme.value)),
          effect(() => made.setTitle(t('map.title'))),
          effect(() => void (areas.value && made.setAreas(districts.value, areas.value))),
          effect(() => void (basemap.value && made.setData('base', basemap.value))),
          ...layers.map((layer) => layer.follow?.(made)),
          () => resized.disconnect(),
          () => made.remove(),
        ];
        stop.current = () => stops.forEach((end) => end?.());
        setCanvas(made);
      })
      .catch(() => setFailed(true));
  }, []);
  // In the same step as the next view comes: what ends after its first picture would take the keyboard's cursor from it.
  useLayoutEffect(() => () => stop.current?.(), []);
  return { canvas, failed };
}

export function MapPane() {
  const container = useRef<HTMLDivElement>(null);
  const { canvas, failed } = useCanvas(container);
  const whole = () => {
    const box = wholeCity();
    if (box) canvas?.fit(box);
  };
  useEffect(() => {
    const chosen = districts.value.find((f) => f.properties.id === areaId.value);
    if (canvas && chosen) canvas.fit(boxOf(chosen.geometry));
  }, [canvas, areaId.value]);
  return (
    <div class={`map-pane ${picking.value ? 'picking' : ''}`} data-testid="map">
      <h2 class="hidden">{t('view.map')}</h2>
      <div ref={container} class="map" />
      {failed && <p class="map-failed">{t('map.failed')}</p>}
      {canvas && <Place name="map" given={{ canvas }} />}
      <div class="legends"><Place name="legend" given={{}} /></div>
      {!wall.value && (
        <div class="map-buttons">
          <button type="button" aria-label={t('map.zoom_in')} onClick={() => canvas?.zoom(1)}><Icon name="plus" /></button>
          <button type="button" aria-label={t('map.zoom_out')} onClick={() => canvas?.zoom(-1)}><Icon name="minus" /></button>
          <button type="button" aria-label={t('map.whole_city')} onClick={whole}><Icon name="whole" /></button>
        </div>
      )}
    </div>
  );
}
