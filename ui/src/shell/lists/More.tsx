// The rest of a long list, on wish.
import { t } from '../texts';

export function More({ count, show }: { count: number; show: () => void }) {
  return count > 0 ? <button type="button" class="quiet" onClick={show}>{t('list.more', { count })}</button> : null;
}
