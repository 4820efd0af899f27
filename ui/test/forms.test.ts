// The keys of a form, wherever in it they are pressed.
import { expect, it, vi } from 'vitest';
import { formKeys } from '../src/shell/forms/focus';

function press(key: string, more: object = {}, onButton = false) {
  const [close, requestSubmit] = [vi.fn(), vi.fn()];
  const target = { closest: () => (onButton ? {} : null) };
  formKeys(close)({ key, ctrlKey: false, metaKey: false, isComposing: false, target, currentTarget: { requestSubmit }, preventDefault: () => undefined, stopPropagation: () => undefined, ...more } as unknown as KeyboardEvent);
  return { closed: close.mock.calls.length, sent: requestSubmit.mock.calls.length };
}

it('Control and Enter sends, also in a choice', () => {
  expect(press('Enter', { ctrlKey: true })).toEqual({ closed: 0, sent: 1 });
  expect(press('Enter', { metaKey: true })).toEqual({ closed: 0, sent: 1 });
});
it('Enter alone is left to the field, a button to what it says, half a syllable to who types it', () => {
  expect(press('Enter')).toEqual({ closed: 0, sent: 0 });
  expect(press('Enter', { ctrlKey: true }, true)).toEqual({ closed: 0, sent: 0 });
  expect(press('Enter', { ctrlKey: true, isComposing: true })).toEqual({ closed: 0, sent: 0 });
});
it('Escape closes', () => expect(press('Escape')).toEqual({ closed: 1, sent: 0 }));
