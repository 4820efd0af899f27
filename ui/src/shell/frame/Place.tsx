// A place of the frame: what the domains have put there, in their order.
import type { ComponentType } from 'preact';
import { kDomains, type PlaceName, type Places } from '../domain';

export function Place<P extends PlaceName>({ name, given }: { name: P; given: Places[P] }) {
  return <>{kDomains.map((domain) => {
    const Part = domain.places?.[name] as ComponentType<Places[P]> | undefined;
    return Part && <Part key={domain.name} {...given} />;
  })}</>;
}
