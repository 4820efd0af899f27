// Where the keyboard goes when something is opened and closed.
import { describe, expect, it } from 'vitest';
import { isWanted, Trail } from '../src/shell/frame/trail';

describe('what was opened', () => {
  it('has the keyboard, and what opened it has it again when it is closed', () => {
    const trail = new Trail<string>();
    trail.changed(null, 'bench 3', 'a line', false);
    expect(trail.wish).toEqual({ kind: 'heading', by: 'a line' });
    trail.done();
    trail.changed('bench 3', null, 'its heading', true);
    expect(trail.wish).toEqual({ kind: 'back', closed: 'bench 3', opener: 'a line' });
  });
  it('leads back to where the first was opened, when one followed the other in the same place', () => {
    const trail = new Trail<string>();
    trail.changed(null, 'bench 3', 'a line', false);
    trail.changed('bench 3', 'bench 4', 'the heading of 3', true);
    trail.changed('bench 4', null, 'the heading of 4', true);
    expect(trail.wish).toEqual({ kind: 'back', closed: 'bench 4', opener: 'a line' });
  });
  it('leads back to what opened the last one, when that stands elsewhere', () => {
    const trail = new Trail<string>();
    trail.changed(null, 'bench 3', 'a line', false);
    trail.changed('bench 3', 'bench 4', 'another line', false);
    trail.changed('bench 4', null, 'the heading of 4', true);
    expect(trail.wish).toEqual({ kind: 'back', closed: 'bench 4', opener: 'another line' });
  });
  it('names what was closed when a key opened it that was pressed nowhere', () => {
    const trail = new Trail<string>();
    trail.changed(null, 'bench 3', null, false);
    trail.changed('bench 3', null, 'its heading', true);
    expect(trail.wish).toEqual({ kind: 'back', closed: 'bench 3', opener: null });
  });
  it('leads back once', () => {
    const trail = new Trail<string>();
    trail.changed(null, 'bench 3', 'a line', false);
    trail.changed('bench 3', null, 'its heading', true);
    trail.done();
    trail.changed(null, 'bench 5', null, false);
    trail.changed('bench 5', null, 'its heading', true);
    expect(trail.wish).toEqual({ kind: 'back', closed: 'bench 5', opener: null });
  });
});

describe('a heading', () => {
  it('is gone to by who pressed a button, or lost what had the keyboard', () => {
    expect(isWanted('button', 'button', false, false)).toBe(true);
    expect(isWanted('button', null, true, false)).toBe(true);
    expect(isWanted(null, null, true, false)).toBe(true);
  });
  it('is not for who types, went on meanwhile or was taken to a field', () => {
    expect(isWanted('field', 'field', false, true)).toBe(false);
    expect(isWanted('button', 'another', false, false)).toBe(false);
    expect(isWanted(null, 'field', false, true)).toBe(false);
  });
});
