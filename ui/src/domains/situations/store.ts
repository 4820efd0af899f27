// What needs somebody, as the page knows it: the open situations live, the ended ones of the last day, and those of
// whatever day is looked back at.
import { batch, computed, effect, signal } from '@preact/signals';
import { addressed, flag, oneOf, typed, whole as wholeNumber } from '../../shell/address';
import { open as openPanel } from '../../shell/choices';
import { at, isFuture, serverNow, serverSays } from '../../shell/clock';
import type { Panel } from '../../shell/domain';
import { Live } from '../../shell/live';
import { remember, remembered } from '../../shell/memory';
import { type Refusal, refusalOf } from '../../shell/refusal';
import { type Connection, endedLogin, readMe } from '../../shell/session';
import { kDay } from '../../shell/time';
import { type Situation, type SituationList, situationsApi, type Unjudged, whole } from './api';
import { isLoud, isOpen, kSeverities, withChange } from './rules';
import { allowSound, chime } from './tone';

export const situationId = addressed('situation', wholeNumber);
/** What the list is narrowed to: words, and the least severity. */
export const need = addressed('need', typed);
export const atLeast = addressed('severity', oneOf(kSeverities));
/** Ended situations of the last day are listed too. */
export const endedShown = addressed('ended', flag);
export const situationPanel: Panel = { name: 'situation', chosen: situationId, load: () => import('./SituationPanel'), early: true };
export const openSituation = (id: number | null) => openPanel(situationPanel, id);

export const known = signal<readonly Situation[]>([]);
export const situationsConnection = signal<Connection>('connecting');
/** The situation under the pointer or with the keyboard's focus: list, map and time line show the same one. */
export const pointedSituation = signal<number | null>(null);
/** How they stood at the moment that is looked at; null: the present is shown, or that moment has not arrived yet. */
export const thenSituations = signal<readonly Situation[] | null>(null);
/** Why that moment could not be read. */
export const thenFailed = signal<Refusal | null>(null);
/** Why the list is not whole: some that are open, or ended in the time that is shown, could not be read. */
export const unread = signal<Refusal | null>(null);

const unjudgedNow = signal<readonly Unjudged[]>([]);
const unjudgedThen = signal<readonly Unjudged[]>([]);
/** Of what nothing is judged at the moment that is shown, as the public is told too. */
export const unjudged = computed(() => (at.value === null ? unjudgedNow.value : unjudgedThen.value));
export const open = computed(() => known.value.filter(isOpen));
export const ended = computed(() => known.value.filter((s) => !isOpen(s) && (s.ended_at ?? 0) > serverNow.value - kDay));
/** What the list shows: the open ones, or those that were open at the moment that is looked at, as they stood then. */
export const shownOpen = computed(() => (at.value === null ? open.value : (thenSituations.value ?? [])));
/** On the map: the same; the selected one always, so that its place is seen. */
export const onMap = computed(() => {
  const alive = shownOpen.value;
  const selected = known.value.find((s) => s.id === situationId.value);
  return selected && !alive.some((s) => s.id === selected.id) ? [...alive, { ...selected, members: at.value === null ? selected.members : [] }] : alive;
});

export const sound = signal(remembered('sound') === 'on');
export function chooseSound(on: boolean) {
  remember('sound', on ? 'on' : 'off');
  sound.value = on;
  // The reader hears at once what will be heard, and the browser sees that it was asked for.
  if (on) chime('serious');
}

/** What came last and needs somebody: said by screen readers. */
export const announced = signal<Situation | null>(null);

/** A wall runs for months: what ended long ago is forgotten, unless the past is looked at. */
const kKept = 3 * kDay;
const isKept = (s: Situation) => isOpen(s) || at.peek() !== null || s.id === situationId.peek() || (s.ended_at ?? s.updated_at) > serverNow.peek() - kKept;

/** What was known as it is told to the public says less than what an operator knew of it. */
const saysMore = (s: Situation) => endedLogin.peek() === null || !known.peek().some((k) => k.id === s.id && k.version >= s.version);

/** Takes over what is newer than what was known. */
export function learn(situations: readonly Situation[]) {
  known.value = situations.filter(saysMore).reduce<readonly Situation[]>((all, s) => withChange(all, s), known.peek()).filter(isKept);
}

/** Situations alive in a span, ended ones too. */
const readBetween = async (from: number, to: number) => learn(await situationsApi.between(from, to));

/** What fills the list up; that it failed is said beside the list. */
const fill = (reading: Promise<void>) =>
  void reading.then(
    () => (unread.value = null),
    (error: unknown) => (unread.value = refusalOf(error)),
  );

function ring(before: readonly Situation[], now: readonly Situation[]) {
  const loud = sound.peek() ? now.filter((s) => isLoud(before, s) && !s.silenced) : [];
  if (loud.length > 0) chime(loud.some((s) => s.severity === 'critical') ? 'critical' : 'serious');
}

/** Who drags the time line passes many moments. */
const kLookBackAfterMs = 60;
let heardOnce = false;
/** Follows the situations for as long as the page lives, also while the past is looked at. */
export function followSituations() {
  if (sound.peek()) allowSound();
  const live = new Live<SituationList>(situationsApi.liveUrl, {
    snapshot: (snapshot) => {
      const before = known.peek();
      const now = snapshot.situations.map(whole);
      const still = new Set(now.map((s) => s.id));
      batch(() => {
        serverSays(snapshot.now);
        unjudgedNow.value = snapshot.unjudged ?? [];
        // What was open and is not named any more ended while nobody listened; the day's list says how.
        // Nor is it told any more to whom was an operator; that is no reason to take it from his sight.
        if (!snapshot.more && endedLogin.peek() === null) known.value = before.filter((s) => !isOpen(s) || still.has(s.id));
        learn(now);
      });
      if (heardOnce) ring(before, now);
      heardOnce = true;
      const day = readBetween(snapshot.now - kDay, snapshot.now);
      // A snapshot holds as many as fit; the others are read at once, for the counts as for the list.
      fill(snapshot.more ? Promise.all([day, situationsApi.open().then(learn)]).then(() => undefined) : day);
    },
    on: {
      situation: (changed: Situation) => {
        const before = known.peek();
        const now = whole(changed);
        learn([now]);
        ring(before, [now]);
        if (now.state === 'firing' && !before.some((s) => s.id === now.id)) announced.value = now;
      },
      unjudged: (changed: { unjudged?: Unjudged[] }) => (unjudgedNow.value = changed.unjudged ?? []),
      // It is not public any more.
      gone: ({ id }: { id: number }) => {
        if (endedLogin.peek() === null) known.value = known.peek().filter((s) => s.id !== id);
      },
    },
    connected: (yes) => (situationsConnection.value = yes ? 'live' : 'lost'),
    again: readMe,
  });
  // He is signed in again: the line is still the public's.
  let ended = endedLogin.peek();
  effect(() => {
    const before = ended;
    ended = endedLogin.value;
    if (before !== null && ended === null) live.startAnew();
  });
  effect(() => {
    const moment = isFuture.value ? null : at.value;
    thenFailed.value = null;
    if (moment === null) {
      thenSituations.value = null;
      return undefined;
    }
    const stop = new AbortController();
    const wait = setTimeout(() => {
      situationsApi.at(moment, stop.signal).then(
        (answer) =>
          batch(() => {
            thenSituations.value = answer.situations;
            unjudgedThen.value = answer.unjudged ?? [];
            thenFailed.value = null;
          }),
        (error: unknown) => {
          if (stop.signal.aborted) return;
          batch(() => {
            // What is still shown would be of another moment.
            thenSituations.value = null;
            unjudgedThen.value = [];
            thenFailed.value = refusalOf(error);
          });
        },
      );
    }, kLookBackAfterMs);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  });
  // Another day is looked at: its situations are on its map and its time line.
  effect(() => {
    const day = at.value === null ? null : Math.floor(at.value / (kDay / 4));
    if (day !== null) fill(readBetween((day - 4) * (kDay / 4), (day + 4) * (kDay / 4)));
  });
}
