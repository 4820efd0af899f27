// The address names a quantity that nothing measures.
import { Noted } from '../../shell/frame/Noted';
import { named, t } from '../../shell/texts';
import { forgetUnknownQuantity, quantity, unknownQuantity } from './store';

export function UnknownQuantity() {
  const text = unknownQuantity.value;
  return text === null ? null : <Noted testid="unknown-quantity" text={t('rail.unknown', { text, shown: named(quantity.value?.name) })} close={forgetUnknownQuantity} />;
}
