// Registering: what is brought is there, and what is taken is refused with a sentence.
import { describe, expect, it } from 'vitest';
import '../src/domains';
import { view } from '../src/shell/choices';
import { takeAddress, writtenAddress } from '../src/shell/address';
import { type Domain, kDomains, register } from '../src/shell/domain';
import { allKeys } from '../src/shell/frame/keys';
import { benchId } from './toy';

const page = { icon: '', label: '', help: '', load: async () => ({ default: () => null }) };
const refusedOf = (domain: Domain) => {
  try {
    register(domain);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken in';
};

describe('a domain that registers', () => {
  it('stands behind those before it', () => {
    expect(kDomains.map((d) => d.name)).toContain('sensing');
    expect(kDomains.at(-1)!.name).toBe('toy');
  });
  it('brings its view, its keys and its field of the address', () => {
    takeAddress('?view=toy&bench=2');
    expect([view.value, benchId.value]).toEqual(['toy', 2]);
    expect([...new URLSearchParams(writtenAddress()).keys()].sort()).toEqual(['bench', 'view']);
    takeAddress('');
    const help = allKeys().find((keys) => 'e' in keys.acts)!;
    expect(help.help).toBe('toy.help');
    help.acts.e!();
    expect(view.value).toBe('toy');
    help.acts.e!();
    expect(view.value).toBe('map');
  });
  it('is refused when its name, its view or a key of it is taken', () => {
    expect(refusedOf({ name: 'health' })).toBe('health: the name "health" is taken');
    expect(refusedOf({ name: 'x', views: [{ ...page, name: 'map', key: 'x' }] })).toBe('x: the view "map" is taken');
    expect(refusedOf({ name: 'x', views: [{ ...page, name: 'x', key: 'h' }] })).toBe('x: the key "h" is taken');
    expect(refusedOf({ name: 'x', keys: [{ help: '', acts: { Escape: () => undefined } }] })).toBe('x: the key "Escape" is taken');
    expect(refusedOf({ name: 'x', keys: [{ help: '', acts: { x: () => undefined } }], views: [{ ...page, name: 'x', key: 'x' }] })).toBe('x: the key "x" is taken');
    expect(kDomains.some((d) => d.name === 'x')).toBe(false);
  });
});
